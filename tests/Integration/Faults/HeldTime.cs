namespace Anarchive.Tests.Integration;

/// <summary>The system's time, whose elapsed part a test may stop: what refills with it stays as it is.</summary>
internal sealed class HeldTime : TimeProvider
{
    private long _heldAt = long.MaxValue;

    public void Hold() => Volatile.Write(ref _heldAt, base.GetTimestamp());

    public override long GetTimestamp() => Math.Min(base.GetTimestamp(), Volatile.Read(ref _heldAt));
}
