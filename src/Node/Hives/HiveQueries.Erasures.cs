using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A deletion in force, and the members whose durable log holds it: they have erased the text.</summary>
/// <param name="Id">The deleted post or comment.</param>
/// <param name="DeletedMs">Clock of the deletion, Unix milliseconds.</param>
public sealed record ErasureView(string Id, long DeletedMs, ReachView Confirmed);

/// <summary>An item whose time in its hive is over.</summary>
internal sealed record LapsedItem(EventRef Ref, bool IsPost);

public sealed partial class HiveQueries
{
    // Deletions are few and asked for by hand; one pass over the headers costs less than an index on every write.
    private const string DeletionsSql = """
        SELECT e.header FROM events e JOIN chains c ON c.no = e.chain
        WHERE c.group_no = ?1 AND (
            (substr(e.header, 2, 1) = x'0c' AND substr(e.header, 161, 12) = CAST('post_deleted' AS BLOB))
            OR (substr(e.header, 2, 1) = x'0f' AND substr(e.header, 161, 15) = CAST('comment_deleted' AS BLOB)))
        """;

    private const string LapsedSql = """
        SELECT chain, seq, prefix, kind FROM hive_items
        WHERE group_no = ?1 AND kind <> 0 AND own_tombstone = 0 AND rank_tombstones = 0 AND hlc < ?2
        ORDER BY hlc LIMIT ?3
        """;

    private const string LapsingSql = """
        SELECT count(*) FROM hive_items
        WHERE group_no = ?1 AND kind <> 0 AND own_tombstone = 0 AND rank_tombstones = 0 AND hlc < ?2
        """;

    /// <summary>Deletions in force, newest first; null where there is no such hive.</summary>
    public IReadOnlyList<ErasureView>? Erasures(string hive)
    {
        using var db = _database.OpenReader();
        if (HiveKeys(db, hive) is not [var key] || !_writer.Holds(key.Group)) return null;
        var vector = _writer.Durable(key.Group);
        var newest = new Dictionary<EventRef, EventHeader>();
        using var rows = db.Statement(DeletionsSql);
        rows.Bind(1, key.No);
        while (rows.Step())
        {
            var header = EventHeader.TryRead(rows.Blob(0).ToArray(), out _);
            if (header is null || header.Refs.Count == 0 || header.Seq > vector.SeqOf(header.Chain)) continue;
            var target = header.Refs[0];
            // The first one erased the text; those that follow found none.
            if (!newest.TryGetValue(target, out var known) || header.Hlc < known.Hlc) newest[target] = header;
        }

        return
        [
            .. newest.Where(e => IsDeleted(db, key.Group, e.Key))
                .OrderByDescending(e => e.Value.Hlc)
                .Select(e => new ErasureView(
                    e.Key.ShortId(key.Group), e.Value.Hlc.UnixMs, _sources.ReachOf(key.Group, e.Value.Ref.Position))),
        ];
    }

    /// <summary>How many days posts and comments stay in a hive; null where they stay for ever.</summary>
    public int? RetentionDays(string hive) =>
        RetentionRule.Days(Settings(hive).FirstOrDefault(s => s.Key == HiveSettings.RetentionDays)?.Value);

    /// <summary>Posts and comments that a value of the setting would delete; none for one that keeps all.</summary>
    /// <param name="nowMs">Unix milliseconds.</param>
    public long LapsingBy(string hive, string value, long nowMs)
    {
        if (RetentionRule.Days(value) is not { } days) return 0;
        using var db = _database.OpenReader();
        if (HiveKeys(db, hive) is not [var key]) return 0;
        using var row = db.Statement(LapsingSql);
        row.Bind(1, key.No).Bind(2, RowColumns.Column(RetentionRule.Before(days, nowMs)));
        return row.Step() ? row.Int64(0) : 0;
    }

    /// <summary>Items older than a clock, oldest first.</summary>
    internal IReadOnlyList<LapsedItem> Lapsed(string hive, Hlc before, int max)
    {
        using var db = _database.OpenReader();
        var items = new List<LapsedItem>();
        if (HiveKeys(db, hive) is not [var key]) return items;
        using var row = db.Statement(LapsedSql);
        row.Bind(1, key.No).Bind(2, RowColumns.Column(before)).Bind(3, max);
        while (row.Step())
            items.Add(new LapsedItem(RowColumns.Ref(row, 0, ChainOf), (ItemKind)row.Int64(3) == ItemKind.Post));
        return items;
    }

    private static bool IsDeleted(Microsoft.Data.Sqlite.SqliteConnection db, GroupId group, EventRef target)
    {
        if (db.NumberOf(group, target.Chain) is not { } chain) return false;
        using var row = db.Statement(
            """
            SELECT 1 FROM hive_items WHERE chain = ?1 AND seq = ?2 AND prefix = ?3 AND kind <> 0
                AND (own_tombstone <> 0 OR rank_tombstones <> 0)
            """);
        return row.Bind(1, chain).Bind(2, target.Seq).Bind(3, RowColumns.Column(target.IdPrefix)).Step();
    }
}
