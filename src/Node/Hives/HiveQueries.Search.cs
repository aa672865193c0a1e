using System.Text;

namespace Anarchive.Node;

/// <content>Full-text search.</content>
public sealed partial class HiveQueries
{
    /// <summary>Words of a query that are looked for; more only narrow an empty result.</summary>
    private const int SearchWordsMax = 16;

    /// <summary>Nobody pages further, and every page ranks all hits again.</summary>
    private const int SearchDepthMax = 1_000;

    /// <summary>
    /// More hits are not ranked: each costs a look at its length, and words that stand in so many tell none of them
    /// from another.
    /// </summary>
    private const int RankedMax = 5_000;

    /// <summary>
    /// Posts and comments that hold all words; the last word may be the beginning of one. Snippets are plain text with
    /// <see cref="SearchHit.MarkStart"/> and <see cref="SearchHit.MarkEnd"/> around what matched. A null page: bad
    /// cursor.
    /// </summary>
    public SearchFound? Search(string query, string? hive, string? cursor, int limit) =>
        Search(query, hive, cursor, limit, RankedMax);

    /// <param name="rankedMax">Of more hits the newest come first.</param>
    internal SearchFound? Search(string query, string? hive, string? cursor, int limit, int rankedMax)
    {
        using var db = _database.OpenReader();
        var keys = HiveKeys(db, hive);
        var list = $"search {hive} {query}";
        var from = default(PageCursor);
        if (cursor is not null && !PageCursor.TryRead(_secret, list, cursor, out from)) return null;
        var match = MatchOf(query);
        if (match.Length == 0 || keys.Count == 0 || from.First >= SearchDepthMax) return new([], null, null);
        var (max, index) = (Clamp(limit), new SearchIndex(db, match, hive is null ? null : keys[0].No));
        var isMany = index.HasMore(rankedMax);
        var rows = isMany ? index.Newest((int)from.First, max + 1) : index.Best((int)from.First, max + 1);
        var names = keys.ToDictionary(key => key.Group, key => key.Name);
        var show = new ItemViewer(_sources, db, null);
        var hits = new List<SearchHit>();
        foreach (var (row, snippet) in rows.Take(max))
        {
            var (chain, seq) = SearchRow.Parse(row);
            var group = _chains.Of(chain).Group;
            if (!names.TryGetValue(group, out var name) || db.FindItem(_chains, chain, seq) is not { } item) continue;
            if (show.Hit(group, name, item, snippet) is { } hit) hits.Add(hit);
        }

        return new(
            hits, rows.Count > max ? new PageCursor(from.First + max, 0, 0, 0).Write(_secret, list) : null,
            isMany ? rankedMax : null);
    }

    /// <summary>
    /// Each word as a quoted string, in which FTS5 gives no character a meaning but the quote, which is doubled
    /// (https://sqlite.org/fts5.html, section 3.1).
    /// </summary>
    private static string MatchOf(string query)
    {
        var match = new StringBuilder();
        var count = 0;
        foreach (var word in query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            // The tokenizer finds nothing in a word of signs alone, and FTS5 would then match nothing.
            if (!word.Any(char.IsLetterOrDigit)) continue;
            if (++count > SearchWordsMax) break;
            match.Append(" \"").Append(word.Replace("\0", "", StringComparison.Ordinal)
                .Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return match.Length == 0 ? "" : match.Append('*').ToString();
    }
}
