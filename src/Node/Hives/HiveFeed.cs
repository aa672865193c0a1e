using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A post with its place in a feed's order; larger comes first.</summary>
internal readonly record struct RankedItem(PageCursor Rank, GroupId Group, ItemRow Item);

/// <summary>Ranks the posts of one group, from a cursor on.</summary>
/// <remarks>
/// New and top read the head of an index. Hot depends on nothing but the row, so a cursor stays valid, and it needs no
/// index of its own: posts come newest first, and the scan ends where even the best score of the group could not lift
/// an older post onto the page (Fagin's threshold algorithm, PODS 2001).
/// </remarks>
internal sealed class HiveFeed(SqliteConnection db, HiveChains chains)
{
    private const string Standing = "kind = 1 AND own_tombstone = 0 AND rank_tombstones = 0";

    /// <summary>At most <paramref name="max"/> posts, best first.</summary>
    public IEnumerable<RankedItem> Read(long groupNo, GroupId group, FeedSort sort, PageCursor? after, int max) =>
        sort switch
        {
            FeedSort.New => Newest(groupNo, group, after, max),
            FeedSort.Top => Top(groupNo, group, after, max),
            FeedSort.Hot => Hottest(groupNo, group, after, max),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private IEnumerable<RankedItem> Newest(long groupNo, GroupId group, PageCursor? after, int max)
    {
        using var row = db.Statement($"""
            SELECT {RowColumns.Item} FROM hive_items
            WHERE group_no = ?1 AND {Standing} AND (hlc, chain, seq) < (?2, ?3, ?4)
            ORDER BY hlc DESC, chain DESC, seq DESC LIMIT ?5
            """);
        var from = after ?? new PageCursor(long.MaxValue, 0, 0, 0);
        row.Bind(1, groupNo).Bind(2, from.First).Bind(3, from.Chain).Bind(4, from.Seq).Bind(5, max);
        while (row.Step())
        {
            var item = RowColumns.ReadItem(row, ChainOf);
            yield return new(new(RowColumns.Column(item.Hlc), 0, row.Int64(0), row.Int64(1)), group, item);
        }
    }

    private IEnumerable<RankedItem> Top(long groupNo, GroupId group, PageCursor? after, int max)
    {
        using var row = db.Statement($"""
            SELECT {RowColumns.Item} FROM hive_items
            WHERE group_no = ?1 AND {Standing} AND up - down <= ?2 AND (up - down, hlc, chain, seq) < (?2, ?3, ?4, ?5)
            ORDER BY up - down DESC, hlc DESC, chain DESC, seq DESC LIMIT ?6
            """);
        var from = after ?? new PageCursor(long.MaxValue, 0, 0, 0);
        row.Bind(1, groupNo).Bind(2, from.First).Bind(3, from.Second).Bind(4, from.Chain).Bind(5, from.Seq)
            .Bind(6, max);
        while (row.Step())
        {
            var item = RowColumns.ReadItem(row, ChainOf);
            var rank = new PageCursor(
                item.Up - item.Down, RowColumns.Column(item.Hlc), row.Int64(0), row.Int64(1));
            yield return new(rank, group, item);
        }
    }

    private List<RankedItem> Hottest(long groupNo, GroupId group, PageCursor? after, int max)
    {
        var bestScore = Math.Max(1, BestScore(groupNo));
        var best = new SortedSet<RankedItem>(Comparer<RankedItem>.Create((a, b) => a.Rank.CompareTo(b.Rank)));
        foreach (var post in Newest(groupNo, group, null, int.MaxValue))
        {
            var ceiling = Ordered(Ranking.Hot(bestScore, 0, post.Item.Hlc.UnixMs));
            if (best.Count == max && ceiling < best.Min.Rank.First) break;
            var heat = Ranking.Hot(post.Item.Up, post.Item.Down, post.Item.Hlc.UnixMs);
            var rank = post.Rank with { First = Ordered(heat) };
            if (after is { } last && rank.CompareTo(last) >= 0) continue;
            best.Add(post with { Rank = rank });
            if (best.Count > max) best.Remove(best.Min);
        }

        return [.. best.Reverse()];
    }

    private long BestScore(long groupNo)
    {
        using var row = db.Statement(
            $"SELECT up - down FROM hive_items WHERE group_no = ?1 AND {Standing} ORDER BY up - down DESC LIMIT 1");
        return row.Bind(1, groupNo).Step() ? row.Int64(0) : 0;
    }

    /// <summary>The bits of a double as a number that sorts alike.</summary>
    private static long Ordered(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits < 0 ? bits ^ long.MaxValue : bits;
    }

    private ChainId ChainOf(long number) => chains.Of(number).Chain;
}
