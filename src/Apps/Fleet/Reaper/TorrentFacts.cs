namespace Anarchive.Fleet;

/// <summary>What the fleet knows of a torrent that a client has.</summary>
/// <param name="IsKnown">An item belongs to it.</param>
/// <param name="HasFleetCopy">Another device has all of it, verified.</param>
/// <param name="HasSeedboxCopy">A seedbox has.</param>
public sealed record TorrentFacts(TorrentScope Scope, bool IsKnown, bool HasFleetCopy, bool HasSeedboxCopy)
{
    /// <summary>Of each of those torrents, by info hash.</summary>
    /// <param name="described">What each torrent's own description says of its privacy.</param>
    /// <param name="self">The device that asks: its own copies help nobody.</param>
    public static IReadOnlyDictionary<string, TorrentFacts> Of(
        IReadOnlyDictionary<string, Privacy> described, FleetState state, DeviceId self, long nowMs)
    {
        var items = described.Keys.ToDictionary(hash => hash, _ => new List<Item>(), StringComparer.Ordinal);
        foreach (var item in state.Items.Values)
            foreach (var hash in new[] { item.InfoHashV1, item.InfoHashV2 })
                if (hash is not null && items.TryGetValue(hash, out var its)) its.Add(item);
        return described.ToDictionary(
            torrent => torrent.Key,
            torrent => Of(items[torrent.Key], torrent.Value, state, self, nowMs),
            StringComparer.Ordinal);
    }

    private static TorrentFacts Of(
        List<Item> items, Privacy described, FleetState state, DeviceId self, long nowMs)
    {
        var own = Gates.ScopeOf(described, null);
        // Of a torrent without items its description is all there is; else it closes what items left open.
        var scope = items.Count == 0
            ? own
            : Gates.Closed(Gates.ScopeOf(items, state.Sources), described);
        var others = PeersFor.Custodians(items, state, nowMs).Where(d => d != self)
            .Select(d => state.Devices[d].Class).ToArray();
        return new TorrentFacts(
            scope, items.Count > 0, others.Any(c => c != DeviceClass.Seedbox), others.Contains(DeviceClass.Seedbox));
    }
}
