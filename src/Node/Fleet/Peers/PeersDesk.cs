using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>Answers who can give a torrent's bytes, as far as the caller may know.</summary>
public sealed class PeersDesk(
    FleetBook fleet, OwnFleet own, RingBook rings, PeerBook peers, OwnEndpoint endpoint, ReaperBook reaper,
    WalkBook walks, FriendPeers friends, PlanSight plans, LogWriter writer, Database database, TimeProvider time)
{
    /// <summary>By what it is known here, whatever it says of itself.</summary>
    public CallerRing RingOf(NodeId caller)
    {
        if (own.Group is { } group && writer.IsMember(group, caller)) return CallerRing.Fleet;
        return rings.Find(caller) is { EndedMs: null, Kind: InviteKind.Friend }
            ? CallerRing.Friend
            : CallerRing.Stranger;
    }

    /// <summary>The plan that holds now, for the fleet's own devices.</summary>
    public Hash256 PlanId() => plans.Now().Id;

    /// <summary>Null where the caller is to hear the same as of a torrent that nobody knows.</summary>
    public PeersAnswer? Answer(string infoHash, CallerRing caller)
    {
        using var db = database.OpenReader();
        return fleet.Read(state =>
        {
            OutsidePeer[] outside = caller == CallerRing.Fleet
                ?
                [
                    .. friends.Known(infoHash),
                    .. walks.Found(infoHash).Select(a => new OutsidePeer(PeerVia.Dht, a, "dht")),
                ]
                : [];
            var facts = new PeersFacts(
                Now(), BroadcastHost.Of(state, Epoch.Of(Now())), AddressOf,
                (item, device) => ProvenanceOf(db, state.Group, item, device), reaper.MayWalk(infoHash), outside);
            return PeersFor.Answer(infoHash, caller, state, facts);
        });
    }

    /// <summary>As the owner is told, after friends were asked where the source is open.</summary>
    public async Task<PeersAnswer?> AnswerOwnAsync(string infoHash, CancellationToken cancellation)
    {
        if (Answer(infoHash, CallerRing.Fleet) is not { } answer) return null;
        if (Gates.WithheldFor(PeerVia.Friend, answer.Scope) is not null) return answer;
        await friends.AskAsync(infoHash, cancellation);
        return Answer(infoHash, CallerRing.Fleet);
    }

    /// <summary>
    /// Whether a friend's torrent client may be joined to this device's own for a torrent: where that friend is told of
    /// it, and it is known to be public, also by its own description.
    /// </summary>
    public bool MayJoin(NodeId caller, Hash160 ih) =>
        RingOf(caller) == CallerRing.Friend && Answer(ih.ToString(), CallerRing.Friend) is { } answer
        && IsPublic(answer);

    /// <summary>True where the client may be joined to peers: by the fleet's word and the torrent's own.</summary>
    internal bool IsPublic(PeersAnswer answer) => Gates.MayInject(answer.Scope)
        && reaper.Torrents.TryGetValue(answer.InfoHash, out var kept) && kept.Sample.Privacy == Privacy.No;

    private static IReadOnlyList<string> ProvenanceOf(
        Microsoft.Data.Sqlite.SqliteConnection db, GroupId group, ItemId item, DeviceId device)
    {
        var first = RegisterKeys.OfHoldings(item, device);
        // Whatever follows the prefix sorts before it with a longer run of the highest byte.
        byte[] last = [.. first, .. Enumerable.Repeat(byte.MaxValue, 64)];
        var orders = db.Query<byte[]>(
            """
            SELECT r.ord FROM fleet_registers r JOIN groups g ON g.no = r.group_no
            WHERE g.id = @Group AND r.key >= @first AND r.key < @last
            """,
            new { Group = group.Value.ToArray(), first, last });
        return
        [
            .. orders.Select(o => RegisterWrite.ReadOrder(o))
                .Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Origin}:{o.Seq}")),
        ];
    }

    /// <summary>As this node would dial it; its own as it tells others.</summary>
    private string? AddressOf(DeviceId device) => device == DeviceId.Of(writer.Self)
        ? endpoint.Current?.ToString()
        : peers.Find(device.AsNode())?.Endpoint?.ToString();

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
