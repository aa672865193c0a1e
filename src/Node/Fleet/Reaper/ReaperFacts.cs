using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What the fleet knows of torrents, and what could be tried for each.</summary>
public sealed class ReaperFacts(
    FleetBook fleet, ReaperBook book, RingBook rings, WalkBook walks, LogWriter writer, NodeOptions options,
    TimeProvider time)
{
    private DeviceId Self => DeviceId.Of(writer.Self);

    /// <summary>Of each of those torrents, by info hash.</summary>
    public IReadOnlyDictionary<string, TorrentFacts> Of(IEnumerable<TorrentSample> samples)
    {
        var described = samples.DistinctBy(s => s.InfoHash).ToDictionary(s => s.InfoHash, s => s.Privacy);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return fleet.Read(state => TorrentFacts.Of(described, state, Self, nowMs));
    }

    public LadderCase CaseOf(KeptTorrent torrent, TorrentFacts known) => new(
        torrent.Sample.InfoHash, torrent.Health.State, known.Scope.Privacy, torrent.Sample.IsLabelled, known.IsKnown)
    {
        IsNeutral = torrent.IsNeutral,
        Gate = known.Scope.Gate,
        HasFleetCopy = known.HasFleetCopy,
        HasSeedboxCopy = known.HasSeedboxCopy,
        HasFriend = rings.All.Any(p => p is { EndedMs: null, Kind: InviteKind.Friend }),
        MayWalk = walks.CanWalk && Gates.MayWalk(known.Scope, book.MayWalk(torrent.Sample.InfoHash)),
        HasIndexer = options.Torznab is not null,
    };
}
