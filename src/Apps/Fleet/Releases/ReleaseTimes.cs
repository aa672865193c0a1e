namespace Anarchive.Fleet;

/// <summary>The durations of the release protocol, in milliseconds of the device's own monotonic clock.</summary>
/// <param name="TtlMs">How long a holder honours a lock.</param>
/// <param name="WaitMs">Between the last lock and setting the copy aside.</param>
/// <param name="QuarantineMs">Between setting aside and deleting.</param>
/// <param name="AnswerMs">How long a holder has to answer.</param>
public sealed record ReleaseTimes(long TtlMs, long WaitMs, long QuarantineMs, long AnswerMs)
{
    public static ReleaseTimes Default { get; } = new(3_600_000, 600_000, 7L * 24 * 3_600_000, 120_000);

    /// <summary>
    /// How long after asking the copy may be set aside or deleted. Half, so that no two clocks have to be compared:
    /// the holder's lock began later than the asking, and its clock would have to run twice as fast.
    /// </summary>
    public long ActByMs => TtlMs / 2;

    /// <summary>How long to wait after mutual refusal, by the place in the plan's order of who releases.</summary>
    public long RetryMs(int rank) => AnswerMs * (1 + 2L * rank);
}
