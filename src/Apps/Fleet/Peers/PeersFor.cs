namespace Anarchive.Fleet;

/// <summary>Answers who can give the bytes of a torrent (design: peers_for).</summary>
public static class PeersFor
{
    private const string BitTorrent = "bt";

    /// <summary>True for 40 or 64 hex digits in lower case.</summary>
    public static bool IsInfoHash(string? text) => text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The items that a torrent holds, in their order.</summary>
    public static IReadOnlyList<Item> ItemsOf(string infoHash, FleetState state) =>
        [.. state.Items.Values.Where(i => i.InfoHashV1 == infoHash || i.InfoHashV2 == infoHash).OrderBy(i => i.Id)];

    /// <summary>
    /// Null where the caller is to hear the same as of a torrent that nobody knows. A friend is told where our
    /// broadcast host is, and nothing else.
    /// </summary>
    public static PeersAnswer? Answer(string infoHash, CallerRing caller, FleetState state, PeersFacts facts)
    {
        var items = ItemsOf(infoHash, state);
        var reports = state.Torrents.Where(t => t.InfoHash == infoHash).ToArray();
        if (items.Count == 0 && reports.Length == 0) return null;
        var scope = Gates.ScopeOf(items, state.Sources);
        if (!Gates.MayHear(caller, scope)) return null;
        var custodians = Custodians(items, state, facts.NowMs);
        // What only a friend keeps for us is not ours to give to another one.
        var isHeld = custodians.Any(d => !state.Devices[d].IsFriends);
        if (caller == CallerRing.Friend) return ForFriend(infoHash, scope, isHeld, facts);
        var (outside, withheld) = Outside(scope, facts);
        var known = Holders(items, reports, state, facts, scope).Concat(outside);
        return new PeersAnswer(infoHash, scope, Merge(known), custodians, withheld);
    }

    /// <summary>The devices with a verified copy of every one of those items, in order.</summary>
    public static IReadOnlyList<DeviceId> Custodians(IReadOnlyList<Item> items, FleetState state, long nowMs)
    {
        if (items.Count == 0) return [];
        return [.. state.Devices.Values.Where(d => d.State.IsThere())
            .Where(d => items.All(i => state.HoldingsOf(i.Id)
                .Any(h => h.Device == d.Id && h.IsVerifiedAt(nowMs, d.Class))))
            .Select(d => d.Id).Order()];
    }

    private static PeersAnswer? ForFriend(string infoHash, TorrentScope scope, bool isHeld, PeersFacts facts)
    {
        if (!isHeld || facts.BroadcastHost is not { } host || facts.AddressOf(host) is not { } address) return null;
        var peer = new KnownSource(PeerVia.Friend, null, address, ["http"], null, null, null, null, []);
        return new PeersAnswer(infoHash, scope, [peer], [], []);
    }

    private static (IEnumerable<KnownSource> Peers, IReadOnlyList<Withheld> Withheld) Outside(
        TorrentScope scope, PeersFacts facts)
    {
        var withheld = new[] { PeerVia.Friend, PeerVia.Dht }
            .Select(via => (via, why: Gates.WithheldFor(via, scope)))
            .Where(w => w.why is not null).Select(w => new Withheld(w.via, w.why!)).ToList();
        if (Gates.WithheldFor(PeerVia.Dht, scope) is null && !Gates.MayWalk(scope, facts.OptedIn))
            withheld.Add(new Withheld(PeerVia.Dht, "not_opted_in"));
        var refused = withheld.Select(w => w.Via).ToHashSet();
        var peers = facts.Outside
            // Only these two come from outside, whatever somebody calls himself.
            .Where(o => o.Via is PeerVia.Friend or PeerVia.Dht && !refused.Contains(o.Via))
            .Select(o => new KnownSource(
                o.Via, null, o.Address, o.Via == PeerVia.Dht ? [BitTorrent] : ["http"], null, null, null, null,
                [o.Provenance]));
        return (peers, withheld);
    }

    private static IEnumerable<KnownSource> Holders(
        IReadOnlyList<Item> items, TorrentReport[] reports, FleetState state, PeersFacts facts, TorrentScope scope)
    {
        foreach (var device in state.Devices.Values.Where(d => d.State.IsThere()).OrderBy(d => d.Id))
        {
            var held = HeldBy(device.Id, items, state);
            var report = reports.FirstOrDefault(r => r.Device == device.Id);
            if (held.Length == 0 && report is not { CompletePermille: > 0 }) continue;
            yield return new KnownSource(
                device.IsFriends ? PeerVia.Friend
                    : device.Class == DeviceClass.Seedbox ? PeerVia.Seedbox
                    : PeerVia.Fleet,
                device.Id,
                facts.AddressOf(device.Id),
                [.. device.Transports.Where(t => t != BitTorrent || Gates.MayInject(scope))
                    .Order(StringComparer.Ordinal)],
                Math.Max(CompleteOf(items, held), report?.CompletePermille ?? 0),
                held.Length == 0 ? Evidence.Claimed : held.Min(EvidenceOf),
                held.Length == items.Count && held.All(h => h.ProvenMs is not null) ? held.Min(h => h.ProvenMs) : null,
                UptimeOf(device.Id, state),
                [.. held.SelectMany(h => facts.ProvenanceOf(h.Item, device.Id)).Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal)]);
        }
    }

    /// <summary>Of each item the copy that was proven last.</summary>
    private static Holding[] HeldBy(DeviceId device, IReadOnlyList<Item> items, FleetState state) =>
    [
        .. items.Select(i => state.HoldingsOf(i.Id)
            .Where(h => h.Device == device && h.State == HoldingState.Present)
            .MaxBy(h => h.ProvenMs ?? long.MinValue)).OfType<Holding>(),
    ];

    private static int CompleteOf(IReadOnlyList<Item> items, Holding[] held)
    {
        var there = held.Select(h => h.Item).ToHashSet();
        var (all, of) = items.Aggregate(
            (All: (Int128)0, There: (Int128)0),
            (sum, i) => (sum.All + i.SizeBytes, sum.There + (there.Contains(i.Id) ? i.SizeBytes : 0)));
        return all == 0 ? 0 : (int)(of * 1000 / all);
    }

    private static Evidence EvidenceOf(Holding holding) => holding switch
    {
        { HashedMs: null } => Evidence.Claimed,
        { Challenges: > 0 } => Evidence.Challenge,
        _ => Evidence.Hash,
    };

    /// <summary>The better of what its observers say.</summary>
    private static int? UptimeOf(DeviceId device, FleetState state) =>
        state.Probes.Where(p => p.Subject == device).Select(p => (int?)p.UptimePermille).Max();

    /// <summary>One for each device, then one for each address, by way, device and address.</summary>
    private static List<KnownSource> Merge(IEnumerable<KnownSource> known)
    {
        var merged = new List<KnownSource>();
        var inOrder = known.OrderBy(k => k.Via).ThenBy(k => k.Device).ThenBy(k => k.Address, StringComparer.Ordinal);
        foreach (var one in inOrder)
        {
            var at = merged.FindIndex(m => IsSame(m, one));
            if (at < 0) merged.Add(one);
            else merged[at] = Both(merged[at], one);
        }

        return merged;

        static bool IsSame(KnownSource a, KnownSource b) =>
            a.Device is { } device && b.Device is not null ? device == b.Device
                : a.Address is { } address && address == b.Address;
    }

    private static KnownSource Both(KnownSource first, KnownSource other) => first with
    {
        Device = first.Device ?? other.Device,
        Address = first.Address ?? other.Address,
        Transports = Joined(first.Transports, other.Transports),
        CompletePermille = Higher(first.CompletePermille, other.CompletePermille),
        Provenance = Joined(first.Provenance, other.Provenance),
    };

    private static IReadOnlyList<string> Joined(IReadOnlyList<string> some, IReadOnlyList<string> others) =>
        [.. some.Union(others, StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static int? Higher(int? one, int? other) => one > other || other is null ? one : other;
}
