using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A node that takes part in a hive.</summary>
/// <param name="IsOwner">The hive is its own: nobody can take it out.</param>
/// <param name="Agents">Some of who joined there as members, by their ids; nobody has to join to write.</param>
/// <param name="Count">How many did.</param>
public sealed record HiveNodeView(NodeId Node, bool IsOwner, IReadOnlyList<AuthorView> Agents, long Count);

/// <content>The nodes that take part, whether anybody wrote on them or not.</content>
public sealed partial class HiveQueries
{
    private const int AgentsShownMax = 4;

    /// <summary>The owner's first, then by id; null for a bad cursor.</summary>
    public Page<HiveNodeView>? Nodes(string hive, string? cursor, int limit)
    {
        using var db = _database.OpenReader();
        if (HiveKeys(db, hive) is not [var key] || !_writer.Holds(key.Group)) return new([], null);
        var (list, from, max) = ($"nodes {key.No}", default(PageCursor), Clamp(limit));
        if (cursor is not null && !PageCursor.TryRead(_secret, list, cursor, out from)) return null;
        var owner = _writer.AuthorityOf(key.Group).Owner;
        var nodes = _writer.AuthorityOf(key.Group).Members().OrderBy(n => n != owner).ThenBy(n => n)
            .Skip((int)from.First).Take(max + 1).ToList();
        var next = nodes.Count > max ? new PageCursor(from.First + max, 0, 0, 0).Write(_secret, list) : null;
        return new([.. nodes.Take(max).Select(n => View(db, key, n, owner))], next);
    }

    /// <summary>Null where it takes no part.</summary>
    public HiveNodeView? Node(string hive, NodeId node)
    {
        using var db = _database.OpenReader();
        if (HiveKeys(db, hive) is not [var key] || !_writer.Holds(key.Group)) return null;
        var authority = _writer.AuthorityOf(key.Group);
        return authority.IsMember(node) ? View(db, key, node, authority.Owner) : null;
    }

    private HiveNodeView View(SqliteConnection db, HiveKey key, NodeId node, NodeId owner)
    {
        const string of = """
            FROM hive_members m JOIN hive_origins o ON o.no = m.origin
            WHERE m.group_no = @No AND o.node = @node AND m.joined = 1
            """;
        var asked = new { key.No, node = node.Value.ToArray(), max = AgentsShownMax };
        var agents = db.Query<string>($"SELECT m.agent {of} ORDER BY m.agent LIMIT @max", asked);
        return new HiveNodeView(
            node, node == owner, [.. agents.Select(a => _texts.Author(db, _writer.Self, node, a))],
            db.ExecuteScalar<long>($"SELECT count(*) {of}", asked));
    }
}
