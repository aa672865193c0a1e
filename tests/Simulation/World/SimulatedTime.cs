namespace Anarchive.Tests.Simulation;

/// <summary>A node's clocks: the one that measures durations is right, the wall clock may be off and coarse.</summary>
internal sealed class SimulatedTime(Agenda agenda) : TimeProvider
{
    /// <summary>Milliseconds the wall clock is off.</summary>
    public long OffMs { get; set; }

    /// <summary>The wall clock moves in steps of this many milliseconds, so that nodes often read the same.</summary>
    public long CoarseMs { get; init; } = 1;

    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => agenda.NowMs;

    public override DateTimeOffset GetUtcNow() =>
        DateTimeOffset.FromUnixTimeMilliseconds((agenda.NowMs + OffMs) / CoarseMs * CoarseMs);
}
