namespace Anarchive.Fleet;

/// <summary>A torrent as it was seen, and what the DHT knew of it in this tick.</summary>
/// <param name="Before">Null where it is seen for the first time.</param>
/// <param name="MayWalk">By <see cref="Gates.MayWalk"/>.</param>
/// <param name="Walk">Peers that a walk found; null where none was made.</param>
public sealed record WatchedTorrent(TorrentSample Sample, TorrentHealth? Before, bool MayWalk, int? Walk);

/// <summary>A torrent after a tick.</summary>
/// <param name="IsNeutral">Its activity says nothing of the swarm; its state is the one from before.</param>
public sealed record ReapedTorrent(TorrentSample Sample, TorrentHealth Health, bool IsNeutral, bool IsChanged);

/// <summary>All torrents of a client after a tick.</summary>
/// <param name="IsFrozen">So many stalled at once that it is our outage: nothing changed, nothing is done.</param>
/// <param name="Stalling">How many would have stalled in this tick.</param>
/// <param name="Judged">Of how many.</param>
public sealed record ReapedTick(IReadOnlyList<ReapedTorrent> Torrents, bool IsFrozen, int Stalling, int Judged);

/// <summary>Judges the torrents of a client together (design: reaper).</summary>
public static class Reaping
{
    /// <summary>Fewer at once are no mass: a household with one torrent can have one that stalls.</summary>
    public const int FreezeMin = 3;

    /// <summary>
    /// Looks at each and changes their states, unless half or more of those that want bytes stall in this tick.
    /// Frozen, what was seen still counts, so that the first byte ends the freeze.
    /// </summary>
    public static ReapedTick Run(ReaperTick tick, IReadOnlyList<WatchedTorrent> torrents)
    {
        var looked = torrents.Select(t => Look(tick, t)).ToArray();
        var judged = looked.Count(l => l.IsJudged);
        var stalling = looked.Count(l => l.Health.State == HealthState.Healthy && l.Judged == HealthState.Stalled);
        var isFrozen = stalling >= FreezeMin && stalling * 2 >= judged;
        return new ReapedTick(
            [.. looked.Select(l => Reaped(l, isFrozen, tick))], isFrozen, stalling, judged);
    }

    private static Looked Look(ReaperTick tick, WatchedTorrent torrent)
    {
        var before = torrent.Before ?? TorrentHealth.First(torrent.Sample);
        var health = before.Look(torrent.Sample, tick, torrent.Walk);
        var isJudged = TorrentHealth.IsJudged(torrent.Sample, tick);
        // Who is not judged keeps the state it has.
        var judged = isJudged ? health.Judge(torrent.Sample, torrent.MayWalk) : health.State;
        return new Looked(torrent, before.State, health, judged, isJudged);
    }

    private static ReapedTorrent Reaped(Looked looked, bool isFrozen, ReaperTick tick)
    {
        var sample = looked.Torrent.Sample;
        var health = isFrozen ? looked.Health : looked.Health.Become(looked.Judged, sample.AtMs);
        return new ReapedTorrent(
            sample, health, TorrentHealth.IsNeutral(sample, tick),
            looked.Torrent.Before is null || health.State != looked.Before);
    }

    private sealed record Looked(
        WatchedTorrent Torrent, HealthState Before, TorrentHealth Health, HealthState Judged, bool IsJudged);
}
