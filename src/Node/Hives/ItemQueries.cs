using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>The reads that several parts of Hives share, over a reader's connection.</summary>
internal static class ItemQueries
{
    /// <summary>The post or comment at that place; null where none is here.</summary>
    public static ItemRow? FindItem(this SqliteConnection db, HiveChains chains, long chain, long seq)
    {
        using var row = db.Statement(
            $"SELECT {RowColumns.Item} FROM hive_items WHERE chain = ?1 AND seq = ?2 AND kind <> 0");
        return row.Bind(1, chain).Bind(2, seq).Step()
            ? RowColumns.ReadItem(row, number => chains.Of(number).Chain)
            : null;
    }

    /// <summary>The local number of a chain; null where it is not here.</summary>
    public static long? NumberOf(this SqliteConnection db, GroupId group, ChainId chain)
    {
        using var row = db.Statement(
            """
            SELECT c.no FROM chains c JOIN groups g ON g.no = c.group_no
            WHERE g.id = ?1 AND c.origin = ?2 AND c.incarnation = ?3
            """);
        row.Bind(1, group.Value).Bind(2, chain.Origin.Value).Bind(3, chain.Incarnation);
        return row.Step() ? row.Int64(0) : null;
    }
}
