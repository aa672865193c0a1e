namespace Anarchive.Tests;

/// <summary>Passes by hand only.</summary>
internal sealed class StoppedTime : TimeProvider
{
    private long _ticks;

    public void Pass(TimeSpan time) => _ticks += time.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;
}
