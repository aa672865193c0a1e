namespace Anarchive.Tests.Integration;

/// <summary>The system's time, set wrong by as much as a test says.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    private long _aheadTicks = shift.Ticks;
    private long _laterTicks;

    /// <summary>Sets the wall clock; what measures durations does not notice.</summary>
    public void SetAhead(TimeSpan shift) => Interlocked.Exchange(ref _aheadTicks, shift.Ticks);

    /// <summary>Lets time pass: quotas refill.</summary>
    public void Pass(TimeSpan time) =>
        Interlocked.Add(ref _laterTicks, (long)(time.TotalSeconds * TimestampFrequency));

    public override DateTimeOffset GetUtcNow() =>
        base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _laterTicks);
}
