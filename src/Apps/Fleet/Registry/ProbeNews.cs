namespace Anarchive.Fleet;

/// <summary>What of a probe is worth an event: a change of bucket, state or space, else daily.</summary>
public static class ProbeNews
{
    public const long DailyMs = 24L * 3600 * 1000;

    /// <summary>A disk is described in this many steps.</summary>
    public const int FreeSteps = 64;

    /// <summary>True where the fleet should hear the second, having heard the first.</summary>
    public static bool IsDue(Probe? said, Probe now) =>
        said is null
        || said.State != now.State
        || UptimeBucket.Of(said.UptimePermille) != UptimeBucket.Of(now.UptimePermille)
        || !said.Flags.SequenceEqual(now.Flags)
        || !SameSpace(said.FreeBytes, now.FreeBytes)
        || now.AtMs - said.AtMs >= DailyMs;

    /// <summary>Free bytes in whole steps of the volume; what was said stands while it is nearly right.</summary>
    /// <param name="saidBytes">As said before; null the first time.</param>
    public static long FreeToSay(long? saidBytes, long freeBytes, long capacityBytes)
    {
        var step = Math.Max(1, capacityBytes / FreeSteps);
        var quarter = step / 4;
        // Without the margin, a disk that fills and empties around an edge would be told of at every probe.
        if (saidBytes is { } said && freeBytes >= said - quarter && freeBytes < said + step + quarter) return said;
        return Math.Max(0, freeBytes) / step * step;
    }

    private static bool SameSpace(IReadOnlyDictionary<VolumeId, long> said, IReadOnlyDictionary<VolumeId, long> now) =>
        said.Count == now.Count
        && now.All(v => said.TryGetValue(v.Key, out var bytes) && bytes == v.Value);
}
