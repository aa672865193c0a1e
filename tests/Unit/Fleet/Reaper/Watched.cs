using Anarchive.Fleet;

namespace Anarchive.Tests.Unit;

/// <summary>One torrent that is looked at every quarter of an hour.</summary>
internal sealed class Watched(string infoHash)
{
    public const long MinuteMs = 60_000;
    public const long HourMs = 60 * MinuteMs;
    public const long Start = 1_790_000_000_000;

    private const long Size = 1_000_000;

    public TorrentSample Sample { get; set; } = new(
        infoHash, TorrentActivity.Fetching, 400_000, Size, 400_000, Start - 24 * HourMs, Start)
    {
        Privacy = Privacy.No,
        IsLabelled = true,
        HasTracker = true,
        Seeds = 0,
        AvailablePermille = 400,
    };

    public TorrentHealth? Health { get; set; }

    public bool MayWalk { get; set; }

    public int? Walk { get; set; }

    public HealthState State => Health?.State ?? HealthState.Healthy;

    public static ReaperTick TickAt(long nowMs) => new(nowMs, true, Start - 24 * HourMs);

    /// <summary>Looks at all of them together, once.</summary>
    public static ReapedTick Look(ReaperTick tick, params Watched[] all)
    {
        foreach (var one in all) one.Sample = one.Sample with { AtMs = tick.AtMs };
        var reaped = Reaping.Run(
            tick, [.. all.Select(w => new WatchedTorrent(w.Sample, w.Health, w.MayWalk, w.Walk))]);
        foreach (var (one, after) in all.Zip(reaped.Torrents)) one.Health = after.Health;
        return reaped;
    }

    /// <summary>Looks every quarter of an hour; the moment of the last look.</summary>
    public long LookFor(long fromMs, long hours)
    {
        var nowMs = fromMs;
        for (var quarter = 1; quarter <= hours * 4; quarter++)
            Look(TickAt(nowMs = fromMs + quarter * 15 * MinuteMs), this);
        return nowMs;
    }
}
