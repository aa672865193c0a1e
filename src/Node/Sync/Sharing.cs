using System.Collections.Concurrent;
using Anarchive.Log;
using Anarchive.Rings;
using Dapper;

namespace Anarchive.Node;

/// <summary>Which groups may be exchanged with which node. Asked anew on every request.</summary>
public sealed class Sharing
{
    private readonly ConcurrentDictionary<GroupId, Followed> _followed = new();
    private readonly ConcurrentDictionary<(GroupId, NodeId), bool> _saysRemoved = new();
    private readonly LogWriter _writer;
    private readonly PeerBook _peers;
    private readonly MirrorBook _mirrors;
    private readonly PartBook _parts;
    private readonly TotalsBook _totals;

    public Sharing(
        Database database, LogWriter writer, PeerBook peers, MirrorBook mirrors, PartBook parts, TotalsBook totals)
    {
        (_writer, _peers, _mirrors, _parts, _totals) = (writer, peers, mirrors, parts, totals);
        using var db = database.OpenReader();
        foreach (var row in db.Query<(byte[] Group, byte[] Via, long? LeftMs)>(
            "SELECT group_id, via, left_ms FROM followed_groups"))
            _followed[new GroupId(new Hash256(row.Group))] =
                new Followed(new NodeId(new Hash256(row.Via)), row.LeftMs is not null);
    }

    /// <summary>
    /// True when that node is a member. Before the first event of a group is here, membership cannot be computed;
    /// until then the issuer of the invite is trusted to send it, and the genesis event proves the group. A hive that
    /// is only followed here is exchanged with nobody: its members do not know this node. The rings of friends and of
    /// the network have rules of their own.
    /// </summary>
    public bool Permits(GroupId group, NodeId node) => !IsPaused(node) && WouldPermit(group, node);

    /// <summary>True where there is a group to exchange with that node, were it not paused.</summary>
    public bool WouldShareWith(NodeId node) => _writer.Groups().Any(g => WouldPermit(g.Id, node));

    /// <summary>Of those the groups of a kind.</summary>
    public IReadOnlyList<GroupId> WouldShareWith(NodeId node, string kind) =>
        [.. _writer.Groups().Where(g => g.Kind == kind && WouldPermit(g.Id, node)).Select(g => g.Id)];

    public IReadOnlyList<GroupId> With(NodeId node) =>
        [.. _writer.Groups().Select(g => g.Id).Where(g => Permits(g, node))];

    /// <summary>True where there is any of those.</summary>
    public bool SharesWith(NodeId node) => _writer.Groups().Any(g => Permits(g.Id, node));

    /// <summary>Of those the groups whose members may hear of one another from others.</summary>
    public IReadOnlyList<GroupId> Introducing(NodeId node) =>
    [
        .. _writer.Groups().Where(g => Disclosure.Introduces(g.Ring) && Permits(g.Id, node)).Select(g => g.Id),
    ];

    /// <summary>True where the owner wants nothing exchanged with that node for now.</summary>
    public bool IsPaused(NodeId node) => _peers.Find(node) is { IsPaused: true };

    /// <summary>
    /// True for shared groups that the other side shares, too, as far as can be told from here: of a friend's part, and
    /// of totals, each owner decides alone.
    /// </summary>
    public bool Expects(GroupId group, NodeId node) => _writer.RingOf(group) switch
    {
        FriendsRing.Name => _parts.IsOwn(group) && _writer.IsMember(group, node),
        NetworkRing.Name => false,
        _ => true,
    };

    /// <summary>
    /// True for a member of before that an owner removed: that node may know, except from a reader of a friend's group
    /// or of totals.
    /// </summary>
    public bool WasRemoved(GroupId group, NodeId node) =>
        _writer.Holds(group) && !_mirrors.Holds(group) && !HasLeft(group)
        && (_writer.RingOf(group) is not (FriendsRing.Name or NetworkRing.Name) || _parts.IsOwn(group))
        && _writer.AuthorityOf(group).WasRemoved(node);

    /// <summary>As above, of any group.</summary>
    public bool WasRemoved(NodeId node) => _writer.Groups().Any(g => WasRemoved(g.Id, node));

    /// <summary>True for nodes that share a group with this one, or did before an owner removed them.</summary>
    public bool Knows(NodeId node) =>
        IsPaused(node) || _writer.Groups().Any(g => Permits(g.Id, node) || WasRemoved(g.Id, node));

    /// <summary>That peer says this node was removed; the event itself does not come to it.</summary>
    public bool SaysRemoved(GroupId group, NodeId peer) => _saysRemoved.ContainsKey((group, peer));

    public bool IsToldRemoved(GroupId group) => _saysRemoved.Keys.Any(k => k.Item1 == group);

    /// <summary>Takes note of what a peer says of this node's membership.</summary>
    public void Note(GroupId group, NodeId peer, bool saysRemoved)
    {
        if (saysRemoved) _saysRemoved[(group, peer)] = true;
        else _saysRemoved.TryRemove((group, peer), out _);
    }

    public bool HasLeft(GroupId group) => _followed.TryGetValue(group, out var followed) && followed.Left;

    /// <summary>
    /// True for a group that was left and may be taken up again: this node is a member still, or has heard nothing of
    /// the group yet; and no peer says that it was taken out, which is a word that never comes to it.
    /// </summary>
    public bool MayRejoin(GroupId group) =>
        HasLeft(group) && !IsToldRemoved(group)
        && (_writer.IsMember(group, _writer.Self) || _writer.Durable(group).Count == 0);

    /// <summary>The group was joined through that node; durable when it returns.</summary>
    public Task FollowAsync(GroupId group, NodeId via, CancellationToken cancellation)
    {
        foreach (var told in _saysRemoved.Keys.Where(k => k.Item1 == group)) _saysRemoved.TryRemove(told, out _);
        return SaveAsync(group, new Followed(via, Left: false), null, cancellation);
    }

    /// <summary>Ends the exchange of a group with everybody; durable when it returns.</summary>
    public Task LeaveAsync(GroupId group, long nowMs, CancellationToken cancellation) =>
        SaveAsync(group, new Followed(ViaOf(group), Left: true), nowMs, cancellation);

    /// <summary>Exchanges a group again that was left; durable when it returns.</summary>
    public Task RejoinAsync(GroupId group, CancellationToken cancellation) =>
        FollowAsync(group, ViaOf(group), cancellation);

    private NodeId ViaOf(GroupId group) =>
        _followed.TryGetValue(group, out var known) ? known.Via : _writer.Self;

    private async Task SaveAsync(GroupId group, Followed followed, long? leftMs, CancellationToken cancellation)
    {
        await _writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT INTO followed_groups (group_id, via, left_ms) VALUES (@Group, @Via, @LeftMs)
                ON CONFLICT (group_id) DO UPDATE SET via = @Via, left_ms = @LeftMs
                """,
                new { Group = group.Value.ToArray(), Via = followed.Via.Value.ToArray(), LeftMs = leftMs }),
            cancellation);
        _followed[group] = followed;
    }

    private bool WouldPermit(GroupId group, NodeId node)
    {
        if (!_writer.Holds(group) || _mirrors.Holds(group) || node == _writer.Self) return false;
        if (HasLeft(group)) return false;
        if (_writer.RingOf(group) == FriendsRing.Name) return _parts.Permits(group, node);
        if (_writer.RingOf(group) == NetworkRing.Name) return _totals.Permits(group, node);
        if (!_followed.TryGetValue(group, out var followed)) return _writer.IsMember(group, node);
        return _writer.IsMember(group, node)
            || (followed.Via == node && _writer.Durable(group).Count == 0);
    }

    private sealed record Followed(NodeId Via, bool Left);
}
