using System.Collections.Concurrent;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Rings;
using Dapper;

namespace Anarchive.Node;

/// <summary>Which part groups are here, whose they are, and whom each is for.</summary>
/// <remarks>
/// Whose a group is follows from whom this node paired, never from the group's own word: its owner admits whom it
/// likes. Safe from any thread.
/// </remarks>
public sealed class PartBook
{
    private readonly ConcurrentDictionary<GroupId, Told> _told = new();
    private readonly LogWriter _writer;
    private readonly RingBook _rings;
    private readonly PartConsents _consents;

    public PartBook(Database database, LogWriter writer, RingBook rings, PartConsents consents)
    {
        (_writer, _rings, _consents) = (writer, rings, consents);
        using var db = database.OpenReader();
        foreach (var row in db.Query<(byte[] Group, string Part, byte[] Via, long IsOffered)>(
            "SELECT group_id, part, via, is_offered FROM part_groups"))
            _told[new GroupId(new Hash256(row.Group))] =
                new Told(row.Part, new NodeId(new Hash256(row.Via)), row.IsOffered != 0);
    }

    /// <summary>Part groups of the friends ring that are here, with the part's name.</summary>
    public IReadOnlyList<(GroupId Group, string Part)> All =>
    [
        .. _writer.Groups().Where(g => g.Kind == NetApp.GroupKind && g.Ring == FriendsRing.Name)
            .Select(g => (g.Id, PartOf(g.Id))).Where(g => g.Item2 is not null).Select(g => (g.Id, g.Item2!)),
    ];

    /// <summary>What a group holds: what its genesis says, and until that is here, what its sender said.</summary>
    public string? PartOf(GroupId group) => _writer.RingOf(group) != FriendsRing.Name ? null
        : _writer.AuthorityOf(group).Genesis is not null ? _writer.AuthorityOf(group).PartName()
        : _told.TryGetValue(group, out var told) ? told.Part
        : null;

    /// <summary>
    /// True where this fleet writes it, or this device wrote it before it joined one: the group's owner is this node or
    /// a device paired with it, and this node is a member.
    /// </summary>
    public bool IsOwn(GroupId group)
    {
        if (_writer.RingOf(group) != FriendsRing.Name || !_writer.IsMember(group, _writer.Self)) return false;
        var owner = _writer.AuthorityOf(group).Owner;
        return owner == _writer.Self || _rings.Find(owner) is { EndedMs: null, Kind: InviteKind.Device };
    }

    /// <summary>The friend whose group it is; null where it is nobody's who is one now, or was replaced.</summary>
    public NodeId? FriendOf(GroupId group) =>
        _told.TryGetValue(group, out var told) && told.IsOffered && IsFriend(told.Via) ? told.Via : null;

    /// <summary>
    /// True where the group's observations count: this fleet's own, and those of a friend whose part is subscribed to.
    /// </summary>
    public bool Counts(GroupId group, string part) =>
        IsOwn(group) || (Reads(part) && FriendOf(group) is not null);

    /// <summary>Whether a group of the friends ring may be exchanged with that node now.</summary>
    public bool Permits(GroupId group, NodeId node)
    {
        var paired = _rings.Find(node);
        // Whoever was let out is out before the group's members hear of it.
        if (paired is { EndedMs: not null } || PartOf(group) is not { } part) return false;
        var (here, there) = (IsOwn(group), _writer.IsMember(group, node));
        // Before its genesis is here, the friend or device who named it is the one to send it.
        if (!there && _writer.Durable(group).Count == 0 && _told.TryGetValue(group, out var told) && told.Via == node)
            return paired?.Kind == InviteKind.Device || (paired is not null && Reads(part));
        return FriendsRing.Allows(here, there, IsFriend(node), here ? _consents.Shares(part) : Reads(part));
    }

    /// <summary>The number of the edition that the owner chose to stay with; null for the latest.</summary>
    public long? PinOf(GroupId group) =>
        PartOf(group) is { } part ? _consents.Find(part, Subscription.Friends)?.Edition : null;

    public bool IsFriend(NodeId node) => _rings.Find(node) is { EndedMs: null, Kind: InviteKind.Friend };

    /// <summary>Notes who named a group first, or anew before anything of it came. Durable when it returns.</summary>
    internal Task NoteAsync(GroupId group, string part, NodeId via, CancellationToken cancellation) =>
        SaveAsync(group, new Told(part, via, true), cancellation);

    /// <summary>
    /// A node named these groups as all that it has: of the parts among them its other groups are old. Of parts that it
    /// names none of, what it named before stands: it may only have ended the reading.
    /// </summary>
    internal async Task OfferedAsync(
        NodeId via, IReadOnlyDictionary<GroupId, string> named, CancellationToken cancellation)
    {
        foreach (var (group, told) in _told.Where(t => t.Value.Via == via).ToList())
        {
            var isOffered = named.ContainsKey(group);
            if (isOffered != told.IsOffered && named.Values.Contains(told.Part))
                await SaveAsync(group, told with { IsOffered = isOffered }, cancellation);
        }
    }

    /// <summary>True while that node is the one that named a group.</summary>
    internal bool IsToldBy(GroupId group, NodeId via) => _told.TryGetValue(group, out var told) && told.Via == via;

    /// <summary>Groups of that part that a node named and has not replaced.</summary>
    internal int ToldBy(NodeId via, string part) =>
        _told.Values.Count(t => t.Via == via && t.Part == part && t.IsOffered);

    private bool Reads(string part) => _consents.Find(part, Subscription.Friends) is not null;

    private async Task SaveAsync(GroupId group, Told told, CancellationToken cancellation)
    {
        _told[group] = told;
        await _writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT OR REPLACE INTO part_groups (group_id, part, via, is_offered)
                VALUES (@Group, @Part, @Via, @IsOffered)
                """,
                new { Group = group.Value.ToArray(), told.Part, Via = told.Via.Value.ToArray(), told.IsOffered }),
            cancellation);
    }

    private sealed record Told(string Part, NodeId Via, bool IsOffered);
}
