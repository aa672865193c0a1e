using System.Data;
using Anarchive.Fleet;
using Anarchive.Net;
using Dapper;

namespace Anarchive.Node;

/// <summary>What the owner said of one file.</summary>
/// <param name="Batch">Equal for all that was said at once.</param>
/// <param name="Said">The observation that went with it, as JSON; null for none.</param>
internal sealed record NotedWord(long No, long Batch, ItemId Item, string? Said);

/// <summary>The table of what the owner says that files are.</summary>
internal static class LibraryWords
{
    /// <summary>Of each file the last.</summary>
    public static IReadOnlyDictionary<ItemId, ShelfWord> Last(IDbConnection db) =>
        db.Query<Row>(
            """
            SELECT item AS Item, kind AS Kind, title AS Title, year AS Year, season AS Season, number AS Number,
                last AS Last, work AS Work
            FROM library_words WHERE no IN (SELECT max(no) FROM library_words GROUP BY item)
            """).ToDictionary(
                r => StoreRows.Item(r.Item),
                r => new ShelfWord(
                    (ShelfKind?)r.Kind, r.Title, (int?)r.Year, (int)r.Season, (int)r.Number, (int)r.Last, r.Work));

    /// <summary>Of one file, the last first.</summary>
    public static IReadOnlyList<NotedWord> Of(IDbConnection db, ItemId item) =>
    [
        .. db.Query<(long No, long Batch, string? Said)>(
            "SELECT no, batch, said FROM library_words WHERE item = @item ORDER BY no DESC",
            new { item = StoreRows.Blob(item) }).Select(r => new NotedWord(r.No, r.Batch, item, r.Said)),
    ];

    /// <summary>True where something was said of one of them.</summary>
    public static bool HasAny(IDbConnection db, IEnumerable<ItemId> items) => db.QuerySingle<long>(
        "SELECT EXISTS(SELECT 1 FROM library_words WHERE item IN @items)",
        new { items = items.Select(StoreRows.Blob).ToArray() }) == 1;

    /// <summary>All that was said at once.</summary>
    public static IReadOnlyList<NotedWord> OfBatch(IDbConnection db, long batch) =>
    [
        .. db.Query<(long No, byte[] Item, string? Said)>(
            "SELECT no, item, said FROM library_words WHERE batch = @batch", new { batch })
            .Select(r => new NotedWord(r.No, batch, StoreRows.Item(r.Item), r.Said)),
    ];

    public static void Add(
        IDbConnection db, IReadOnlyList<(ItemId Item, ShelfWord Word, string? Said)> words)
    {
        var batch = db.QuerySingle<long>("SELECT coalesce(max(batch), 0) + 1 FROM library_words");
        db.Execute(
            """
            INSERT INTO library_words (batch, item, kind, title, year, season, number, last, work, said)
            VALUES (@batch, @item, @kind, @Title, @Year, @Season, @Number, @Last, @Work, @Said)
            """,
            words.Select(w => new
            {
                batch,
                item = StoreRows.Blob(w.Item),
                kind = (int?)w.Word.Kind,
                w.Word.Title,
                w.Word.Year,
                w.Word.Season,
                w.Word.Number,
                w.Word.Last,
                w.Word.Work,
                w.Said,
            }));
    }

    public static void Remove(IDbConnection db, IReadOnlyCollection<NotedWord> words) =>
        db.Execute("DELETE FROM library_words WHERE no = @No", words.Select(w => new { w.No }));

    private sealed class Row
    {
        public byte[] Item { get; set; } = [];

        public long? Kind { get; set; }

        public string Title { get; set; } = "";

        public long? Year { get; set; }

        public long Season { get; set; }

        public long Number { get; set; }

        public long Last { get; set; }

        public string? Work { get; set; }
    }
}
