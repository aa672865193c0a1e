using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Reads the full-text index for one search.</summary>
/// <param name="group">Of one hive alone; null for all.</param>
internal sealed class SearchIndex(SqliteConnection db, string match, long? group)
{
    private const string Matching = """
        FROM hive_search WHERE hive_search MATCH @match
        AND (@group IS NULL OR (rowid >> 40) IN (SELECT no FROM chains WHERE group_no = @group))
        """;

    private const string Snippet = "snippet(hive_search, -1, @start, @end, '…', 24)";

    /// <summary>Whether it finds more than so many; they are not counted to their end.</summary>
    public bool HasMore(int than) => db.ExecuteScalar<long>(
        $"SELECT count(*) FROM (SELECT 1 {Matching} LIMIT @most)", new { match, group, most = than + 1L }) > than;

    /// <summary>Best first.</summary>
    public List<(long Row, string Snippet)> Best(int skip, int max) => db.Query<(long, string)>(
        $"SELECT rowid, {Snippet} {Matching} ORDER BY rank, rowid LIMIT @max OFFSET @skip",
        new { match, group, start = Start, end = End, max, skip }).AsList();

    /// <summary>Newest first.</summary>
    public List<(long Row, string Snippet)> Newest(int skip, int max)
    {
        var rows = NewestRows(skip + max).Skip(skip).ToList();
        if (rows.Count == 0) return [];
        // By its row alone a text would be looked for as often as there are rows: the plus has the index read once.
        var snippets = db.Query<(long Row, string Snippet)>(
            $"""
            SELECT rowid, {Snippet} FROM hive_search WHERE hive_search MATCH @match
            AND rowid BETWEEN @least AND @most AND +rowid IN @rows
            """,
            new { match, start = Start, end = End, least = rows.Min(), most = rows.Max(), rows })
            .ToDictionary(r => r.Row, r => r.Snippet);
        return [.. rows.Where(snippets.ContainsKey).Select(row => (row, snippets[row]))];
    }

    private static string Start => SearchHit.MarkStart.ToString();

    private static string End => SearchHit.MarkEnd.ToString();

    /// <summary>A chain's later text is its newer one; among chains the time of their newest texts decides.</summary>
    private List<long> NewestRows(int max)
    {
        var chains = LatestByChain(max);
        using var time = db.Statement("SELECT hlc FROM hive_items WHERE chain = ?1 AND seq = ?2 AND kind <> 0");
        var newest = new PriorityQueue<(List<long> Rows, int At), (ulong, long)>(
            Comparer<(ulong, long)>.Create((a, b) => b.CompareTo(a)));
        foreach (var rows in chains) newest.Enqueue((rows, 0), (TimeOf(time, rows[0]), rows[0]));
        var found = new List<long>(max);
        while (found.Count < max && newest.TryDequeue(out var next, out _))
        {
            found.Add(next.Rows[next.At]);
            if (next.At + 1 < next.Rows.Count)
                newest.Enqueue(
                    (next.Rows, next.At + 1), (TimeOf(time, next.Rows[next.At + 1]), next.Rows[next.At + 1]));
        }

        return found;
    }

    /// <summary>Of each chain that has hits the last ones, so many at most.</summary>
    private List<List<long>> LatestByChain(int max)
    {
        var chains = new List<List<long>>();
        var at = -1L;
        using var rows = db.Statement($"SELECT rowid {Matching} ORDER BY rowid DESC");
        rows.Bind(1, match);
        if (group is { } one) rows.Bind(2, one);
        else rows.BindNull(2);
        while (rows.Step())
        {
            var row = rows.Int64(0);
            var (chain, _) = SearchRow.Parse(row);
            if (chain != at) chains.Add([]);
            at = chain;
            if (chains[^1].Count < max) chains[^1].Add(row);
        }

        return chains;
    }

    private static ulong TimeOf(Statement time, long row)
    {
        var (chain, seq) = SearchRow.Parse(row);
        time.Reset();
        return time.Bind(1, chain).Bind(2, seq).Step() ? unchecked((ulong)time.Int64(0)) : 0;
    }
}
