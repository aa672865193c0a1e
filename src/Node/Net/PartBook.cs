using System.Collections.Concurrent;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Rings;
using Dapper;

namespace Anarchive.Node;

/// <summary>Which part groups are here, whose they are, and whom each is for.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class PartBook
{
    private readonly ConcurrentDictionary<GroupId, (string Part, NodeId Via)> _told = new();
    private readonly LogWriter _writer;
    private readonly RingBook _rings;
    private readonly PartConsents _consents;

    public PartBook(Database database, LogWriter writer, RingBook rings, PartConsents consents)
    {
        (_writer, _rings, _consents) = (writer, rings, consents);
        using var db = database.OpenReader();
        foreach (var row in db.Query<(byte[] Group, string Part, byte[] Via)>(
            "SELECT group_id, part, via FROM part_groups"))
            _told[new GroupId(new Hash256(row.Group))] = (row.Part, new NodeId(new Hash256(row.Via)));
    }

    /// <summary>Part groups here, with the part's name.</summary>
    public IReadOnlyList<(GroupId Group, string Part)> All =>
    [
        .. _writer.Groups().Where(g => g.Kind == NetApp.GroupKind)
            .Select(g => (g.Id, PartOf(g.Id))).Where(g => g.Item2 is not null).Select(g => (g.Id, g.Item2!)),
    ];

    /// <summary>What a group holds: what its genesis says, and until that is here, what its sender said.</summary>
    public string? PartOf(GroupId group) => !_writer.Holds(group) ? null
        : _writer.AuthorityOf(group).Genesis is not null ? _writer.AuthorityOf(group).PartName()
        : _told.TryGetValue(group, out var told) ? told.Part
        : null;

    /// <summary>True where this fleet writes it, or this device wrote it before it joined one.</summary>
    public bool IsOwn(GroupId group) => _writer.IsMember(group, _writer.Self);

    /// <summary>
    /// True where the group's observations count: this fleet's own, and those of a friend whose part is subscribed to.
    /// </summary>
    public bool Counts(GroupId group, string part) =>
        IsOwn(group) || (_consents.Find(part, Subscription.Friends) is not null && IsOfFriend(group));

    /// <summary>Whether a group of the friends ring may be exchanged with that node now.</summary>
    public bool Permits(GroupId group, NodeId node)
    {
        if (PartOf(group) is not { } part) return false;
        var (here, there) = (IsOwn(group), _writer.IsMember(group, node));
        // Before its genesis is here, the friend or device who named it is the one to send it.
        if (!there && _writer.Durable(group).Count == 0 && _told.TryGetValue(group, out var told) && told.Via == node)
            return _rings.Find(node) is { EndedMs: null } paired
                && (paired.Kind == InviteKind.Device || _consents.Find(part, Subscription.Friends) is not null);
        return FriendsRing.Allows(
            here, there, IsFriend(node),
            here ? _consents.Shares(part) : _consents.Find(part, Subscription.Friends) is not null);
    }

    public bool IsFriend(NodeId node) => _rings.Find(node) is { EndedMs: null, Kind: InviteKind.Friend };

    /// <summary>Notes what a friend or device said of a group of its own. Durable when it returns.</summary>
    internal async Task NoteAsync(GroupId group, string part, NodeId via, CancellationToken cancellation)
    {
        _told[group] = (part, via);
        await _writer.OnWriterAsync(
            db => db.Execute(
                "INSERT OR REPLACE INTO part_groups (group_id, part, via) VALUES (@Group, @Part, @Via)",
                new { Group = group.Value.ToArray(), Part = part, Via = via.Value.ToArray() }),
            cancellation);
    }

    /// <summary>Groups of that part that this node was told of by another.</summary>
    internal int ToldBy(NodeId via, string part) => _told.Values.Count(t => t.Via == via && t.Part == part);

    private bool IsOfFriend(GroupId group) =>
        _rings.All.Any(p => p is { EndedMs: null, Kind: InviteKind.Friend } && _writer.IsMember(group, p.Node));
}
