namespace Anarchive.Log;

/// <summary>Waits after failures: jittered from 1 to 60 s, then ten minutes each, for ever. Success clears.</summary>
public sealed class Backoff
{
    public int Failures { get; private set; }

    /// <summary>Ten failures in a row; still tried.</summary>
    public bool IsError => Failures >= Limits.FailuresBeforeError;

    /// <summary>Counts a failure and returns the wait in milliseconds.</summary>
    public long Fail(uint dice)
    {
        Failures++;
        if (IsError) return Jitter(Limits.ErrorRetryMs, dice);
        var ceiling = Math.Min(Limits.BackoffMaxMs, (long)Limits.BackoffFirstMs << Failures);
        return Limits.BackoffFirstMs + (ceiling - Limits.BackoffFirstMs) * dice / uint.MaxValue;
    }

    public void Clear() => Failures = 0;

    /// <summary>The value, ± 20 %.</summary>
    public static long Jitter(long value, uint dice) => value * 4 / 5 + value * 2 / 5 * dice / uint.MaxValue;
}
