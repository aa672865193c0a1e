using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Rings;
using Dapper;

namespace Anarchive.Node;

/// <summary>A part group of the network ring.</summary>
/// <param name="Aggregator">Its owner, who alone writes it.</param>
public sealed record TotalsGroup(GroupId Group, string Part, NodeId Aggregator);

/// <summary>Which aggregators' groups are here, and with whom each may be exchanged.</summary>
/// <remarks>
/// What a group is follows from its genesis; until that is here, from the word of the friend who named it, and then the
/// group is exchanged with that friend alone. Safe from any thread.
/// </remarks>
public sealed class TotalsBook
{
    private readonly ConcurrentDictionary<GroupId, Told> _told = new();

    /// <summary>What each friend or device named last, since this node started.</summary>
    private readonly ConcurrentDictionary<NodeId, ImmutableHashSet<GroupId>> _named = new();

    private readonly LogWriter _writer;
    private readonly RingBook _rings;
    private readonly PartConsents _consents;

    public TotalsBook(Database database, LogWriter writer, RingBook rings, PartConsents consents)
    {
        (_writer, _rings, _consents) = (writer, rings, consents);
        using var db = database.OpenReader();
        foreach (var row in db.Query<(byte[] Group, string Part, byte[] Aggregator, byte[] Via)>(
            "SELECT group_id, part, aggregator, via FROM totals_groups"))
            _told[new GroupId(new Hash256(row.Group))] = new Told(
                row.Part, new NodeId(new Hash256(row.Aggregator)), new NodeId(new Hash256(row.Via)));
    }

    /// <summary>Groups whose totals count here: this node's own, and those of aggregators subscribed to.</summary>
    /// <remarks>Of an aggregator that names several for one part, the first by id, on every node alike.</remarks>
    public IReadOnlyList<TotalsGroup> All =>
    [
        .. Here().Order().Select(Find).OfType<TotalsGroup>().Where(Counts).DistinctBy(g => (g.Part, g.Aggregator)),
    ];

    /// <summary>The group by its genesis; null before that is here, and for groups of other kinds and rings.</summary>
    public TotalsGroup? Find(GroupId group)
    {
        if (_writer.RingOf(group) != NetworkRing.Name) return null;
        var authority = _writer.AuthorityOf(group);
        return authority.Genesis is { Ring: NetworkRing.Name } && authority.PartName() is { } part
            && NetApp.NetworkParts.Contains(part)
            ? new TotalsGroup(group, part, authority.Owner)
            : null;
    }

    /// <summary>This node's group for a part, as an aggregator; null where it has none.</summary>
    public TotalsGroup? Own(string part) =>
        Here().Order().Select(Find).FirstOrDefault(g => g?.Part == part && g.Aggregator == _writer.Self);

    public bool Counts(TotalsGroup group) => NetworkRing.Counts(_writer.Self, group.Aggregator, Wanted(group.Part));

    /// <summary>Whether a group of the network ring may be exchanged with that node now.</summary>
    public bool Permits(GroupId group, NodeId node)
    {
        var isPaired = _rings.Holds(node);
        if (Find(group) is { } known)
            return NetworkRing.Allows(_writer.Self, known.Aggregator, Wanted(known.Part), isPaired);
        return isPaired && _writer.AuthorityOf(group).Genesis is null && _told.TryGetValue(group, out var told)
            && told.Via == node && Wanted(told.Part) == told.Aggregator;
    }

    /// <summary>Groups that are no aggregator's, whoever said so of them. To be left.</summary>
    public IReadOnlyList<GroupId> Misnamed() =>
        [.. Here().Where(g => _writer.AuthorityOf(g).Genesis is not null && Find(g) is null)];

    /// <summary>Friends and devices that named the group, and may have its files.</summary>
    public IReadOnlyList<NodeId> SourcesOf(GroupId group) =>
        [.. _named.Where(n => n.Value.Contains(group) && Permits(group, n.Key)).Select(n => n.Key).Order()];

    /// <summary>The aggregator of a part that is subscribed to.</summary>
    internal NodeId? Wanted(string part) => _consents.Find(part, Subscription.Network)?.Aggregator;

    /// <summary>That node named these groups as all that it has.</summary>
    internal void Named(NodeId by, IEnumerable<GroupId> groups) => _named[by] = [.. groups];

    /// <summary>
    /// True where a group that a node names should be followed, or asked of that node from now on: it is of the
    /// aggregator subscribed to, and nothing of it has come.
    /// </summary>
    internal bool Lacks(TotalsGroup told, NodeId via, int most)
    {
        if (Wanted(told.Part) != told.Aggregator) return false;
        if (_writer.Holds(told.Group))
            return PartNaming.IsRing(_writer.RingOf(told.Group)) && _writer.Durable(told.Group).Count == 0
                && !(_told.TryGetValue(told.Group, out var known) && known.Via == via);
        return _told.Values.Count(
            t => t.Via == via && t.Part == told.Part && t.Aggregator == told.Aggregator) < most;
    }

    /// <summary>Notes who named a group. Durable when it returns.</summary>
    internal async Task NoteAsync(TotalsGroup told, NodeId via, CancellationToken cancellation)
    {
        _told[told.Group] = new Told(told.Part, told.Aggregator, via);
        await _writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT OR REPLACE INTO totals_groups (group_id, part, aggregator, via)
                VALUES (@Group, @Part, @Aggregator, @Via)
                """,
                new
                {
                    Group = told.Group.Value.ToArray(),
                    told.Part,
                    Aggregator = told.Aggregator.Value.ToArray(),
                    Via = via.Value.ToArray(),
                }),
            cancellation);
    }

    private IEnumerable<GroupId> Here() =>
        _writer.Groups().Where(g => g.Kind == NetApp.GroupKind && g.Ring == NetworkRing.Name).Select(g => g.Id);

    private sealed record Told(string Part, NodeId Aggregator, NodeId Via);
}
