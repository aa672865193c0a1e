using Anarchive.Log;

namespace Anarchive.Node;

public sealed partial class HiveQueries
{
    // An edit waits for its own text even where its target has not arrived.
    private const string OwedSql = """
        SELECT chain, seq FROM (
            SELECT i.chain, i.seq FROM hive_items i
            WHERE i.group_no = (SELECT no FROM groups WHERE id = ?1) AND i.kind <> 0 AND i.has_text = 0
                AND i.own_tombstone = 0 AND i.rank_tombstones = 0
            UNION
            SELECT e.by_chain, e.by_seq FROM hive_edits e
            JOIN hive_items i ON i.chain = e.chain AND i.seq = e.seq AND i.prefix = e.prefix
            WHERE e.fields = 0 AND i.group_no = (SELECT no FROM groups WHERE id = ?1)
                AND i.own_tombstone = 0 AND i.rank_tombstones = 0) owed
        JOIN events v USING (chain, seq)
        WHERE v.salt IS NULL AND (chain, seq) > (?2, ?3)
        ORDER BY chain, seq LIMIT ?4
        """;

    /// <summary>Texts that are announced and not here, though no tombstone stands against them.</summary>
    public long Owed(GroupId group) => OwedAfter(group, null, int.MaxValue).Count;

    /// <summary>The next places whose text is owed, in an order of this database's own.</summary>
    public IReadOnlyList<Position> OwedAfter(GroupId group, Position? after, int max)
    {
        using var db = _database.OpenReader();
        var chain = after is { } last ? db.NumberOf(group, last.Chain) ?? 0 : 0;
        var places = new List<Position>();
        using var row = db.Statement(OwedSql);
        row.Bind(1, group.Value).Bind(2, chain).Bind(3, after?.Seq ?? 0).Bind(4, max);
        while (row.Step()) places.Add(new Position(ChainOf(row.Int64(0)), row.Int64(1)));
        return places;
    }
}
