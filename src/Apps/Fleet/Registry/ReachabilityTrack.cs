namespace Anarchive.Fleet;

/// <summary>How many misses and how long a silence make each step (design: custody floor).</summary>
public sealed record ReachabilitySteps(int SuspectMisses, long AwayMs, long LostMs)
{
    private const long HourMs = 3600 * 1000;

    public static ReachabilitySteps Default { get; } = new(2, 24 * HourMs, 72 * HourMs);
}

/// <summary>What one observer's probes say of a device: an average that forgets, and how long it was silent.</summary>
/// <remarks>
/// Only probes that this observer made count: while it slept, or its own link was down, it learned nothing, and a
/// device that was not asked is not away.
/// </remarks>
public sealed record ReachabilityTrack
{
    public const long ProbeMs = 5 * 60 * 1000;

    /// <summary>A miss speaks for the time since the probe before it, but for no more than this.</summary>
    private const long SilenceMaxMs = 3 * ProbeMs;

    private const int FractionBits = 32;

    /// <summary>(1 − 2^(−1/2016)) × 2^32: after 2,016 probes, which are seven days, half is forgotten.</summary>
    private const long WeightQ32 = 1_476_455;

    public static ReachabilityTrack New { get; } = new();

    /// <summary>The average as a fraction of 2^32; in per mille each step would round to nothing.</summary>
    public long UptimeQ32 { get; init; }

    /// <summary>Probes that count, at most <see cref="int.MaxValue"/>.</summary>
    public int Samples { get; init; }

    /// <summary>Misses in a row.</summary>
    public int Missed { get; init; }

    /// <summary>Silence that was observed since it last answered.</summary>
    public long SilentMs { get; init; }

    /// <summary>Unix milliseconds; null until it answers.</summary>
    public long? LastOkMs { get; init; }

    public long? LastSampleMs { get; init; }

    /// <summary>See <see cref="UptimeBucket"/>.</summary>
    public int Bucket { get; init; }

    /// <summary>It was away and answers again: what it holds counts once its volumes were looked at.</summary>
    public bool IsReturned { get; init; }

    /// <summary>What is said of it, in per mille: always inside its bucket.</summary>
    public int UptimePermille => UptimeBucket.Within(Bucket, PermilleOf(UptimeQ32));

    public Reachability StateUnder(ReachabilitySteps steps) =>
        Missed < steps.SuspectMisses ? Reachability.Up
        : SilentMs >= steps.LostMs ? Reachability.Lost
        : SilentMs >= steps.AwayMs ? Reachability.Away
        : Reachability.Suspect;

    /// <summary>After a probe; one that could not be answered, as the own link is down, changes nothing.</summary>
    /// <param name="agoMs">How long before that it was heard, which counts as an answer.</param>
    public ReachabilityTrack Probed(
        bool answered, bool ownLinkUp, long unixMs, ReachabilitySteps steps, long agoMs = 0)
    {
        if (!ownLinkUp) return this with { LastSampleMs = unixMs };
        var samples = Samples == int.MaxValue ? Samples : Samples + 1;
        // The first probes are averaged evenly; otherwise a new device would start from a guess.
        var weight = Math.Max(WeightQ32, (1L << FractionBits) / samples);
        var uptime = Moved(UptimeQ32, answered ? 1L << FractionBits : 0, weight);
        var permille = PermilleOf(uptime);
        var track = this with
        {
            UptimeQ32 = uptime,
            Samples = samples,
            Bucket = Samples == 0 ? UptimeBucket.Of(permille) : UptimeBucket.Next(Bucket, permille),
        };
        return answered ? track.Heard(unixMs, steps, agoMs) : track.Silent(unixMs);
    }

    /// <summary>After any sign of life: a probe's answer, or an event that it signed just now.</summary>
    public ReachabilityTrack Heard(long unixMs, ReachabilitySteps steps, long agoMs = 0) => this with
    {
        Missed = 0,
        SilentMs = 0,
        LastOkMs = Math.Max(LastOkMs ?? unixMs - agoMs, unixMs - agoMs),
        LastSampleMs = unixMs,
        IsReturned = IsReturned || StateUnder(steps) >= Reachability.Away,
    };

    /// <summary>After its volumes' markers were seen.</summary>
    public ReachabilityTrack Checked() => this with { IsReturned = false };

    private ReachabilityTrack Silent(long unixMs) => this with
    {
        Missed = Missed == int.MaxValue ? Missed : Missed + 1,
        SilentMs = SilentMs + Math.Clamp(unixMs - (LastSampleMs ?? unixMs), 0, SilenceMaxMs),
        LastSampleMs = unixMs,
    };

    private static long Moved(long from, long to, long weightQ32) =>
        from + (long)((((Int128)(to - from) * weightQ32) + (1L << (FractionBits - 1))) >> FractionBits);

    private static int PermilleOf(long q32) => (int)(((q32 * 1000) + (1L << (FractionBits - 1))) >> FractionBits);
}
