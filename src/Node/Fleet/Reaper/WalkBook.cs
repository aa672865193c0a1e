using System.Collections.Concurrent;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>Walks of the DHT, at most one for each torrent in 8 hours, and what the last one found.</summary>
/// <remarks>Whether a torrent may be asked for is decided before: <see cref="Gates.MayWalk"/>.</remarks>
public sealed class WalkBook(NodeOptions options, DhtWalk walk)
{
    private readonly ConcurrentDictionary<string, (long AtMs, IReadOnlyList<string> Peers)> _walked = new();

    /// <summary>True where the owner named nodes of the DHT to begin with.</summary>
    public bool CanWalk => options.DhtNodes.Count > 0;

    /// <summary>Peers that the last walk found.</summary>
    public IReadOnlyList<string> Found(string infoHash) =>
        _walked.TryGetValue(infoHash, out var last) ? last.Peers : [];

    /// <summary>How many peers a walk found; null where it is too early for one, or none could be made.</summary>
    internal async Task<int?> WalkAsync(string infoHash, long nowMs, CancellationToken cancellation)
    {
        if (_walked.TryGetValue(infoHash, out var last) && nowMs - last.AtMs < TorrentHealth.ConfirmationGapMs)
            return null;
        if (await walk(infoHash, cancellation) is not { } peers) return null;
        _walked[infoHash] = (nowMs, peers);
        return peers.Count;
    }
}
