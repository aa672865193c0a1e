using System.Data;
using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>What this device remembers of an item in its cache.</summary>
/// <param name="Title">The file's name as last seen here; null where it never was.</param>
/// <param name="IsAsked">Somebody asked for it.</param>
/// <param name="CameMs">When the node fetched it; Unix milliseconds, as all times here.</param>
/// <param name="WatchedMs">When it was last played to its end.</param>
/// <param name="Failures">Restores in a row that failed, the last one begun at <paramref name="TriedMs"/>.</param>
/// <param name="Code">Why the last one failed.</param>
internal sealed record CacheMemory(
    ItemId Item, string? Title, bool IsAsked, long? CameMs, long? PlayedMs, long? WatchedMs,
    int Failures, long? TriedMs, string? Code)
{
    public static CacheMemory None(ItemId item) => new(item, null, false, null, null, null, 0, null, null);
}

/// <summary>A change that can be undone, with its number.</summary>
internal sealed record NumberedChange(long No, CacheChange Change, PinScope Scope);

/// <summary>What the owner allows the cache.</summary>
/// <param name="BudgetBytes">Null for no limit but the disk's.</param>
/// <param name="IsAgreed">The first cull was looked at and applied: from then on the node culls by itself.</param>
public sealed record CacheSettings(long? BudgetBytes, bool CullsManual, bool IsAgreed)
{
    internal Hash256 PlanOf(CacheOutlook outlook) => CullPlan.IdOf(BudgetBytes, CullsManual, outlook.Culls);
}

/// <summary>A file that is an item, as the store's rows say, without looking at the disk.</summary>
internal sealed record CachedFile(ItemId Item, VolumeId Volume, string Title, long SizeBytes);

/// <summary>Reads and writes the tables of the cache.</summary>
internal static class CacheTable
{
    private const int ChangesMax = 1_000;

    public static CacheSettings Settings(IDbConnection db) =>
        db.Query<(long? Budget, long CullsManual, long IsAgreed)>(
            "SELECT budget, culls_manual, is_agreed FROM cache_limits")
            .Select(r => new CacheSettings(r.Budget, r.CullsManual != 0, r.IsAgreed != 0))
            .FirstOrDefault() ?? new CacheSettings(null, false, false);

    public static void Put(IDbConnection db, CacheSettings settings) => db.Execute(
        """
        INSERT OR REPLACE INTO cache_limits (no, budget, culls_manual, is_agreed)
        VALUES (1, @BudgetBytes, @CullsManual, @IsAgreed)
        """,
        settings);

    /// <summary>What is remembered of some items; null for all.</summary>
    public static IReadOnlyDictionary<ItemId, CacheMemory> Memories(
        IDbConnection db, IReadOnlyCollection<ItemId>? only) =>
        Memories(db, only is null ? "1" : "item IN @items", only is null ? null : new { items = Blobs(only) })
            .ToDictionary(m => m.Item);

    /// <summary>What is remembered of one item; an empty one where nothing is.</summary>
    public static CacheMemory Memory(IDbConnection db, ItemId item) =>
        Memories(db, "item = @item", new { item = StoreRows.Blob(item) }).FirstOrDefault() ?? CacheMemory.None(item);

    /// <summary>Changes what is remembered of an item.</summary>
    public static void Change(IDbConnection db, ItemId item, Func<CacheMemory, CacheMemory> change)
    {
        var memory = change(Memory(db, item));
        db.Execute(
            """
            INSERT OR REPLACE INTO cache_items
                (item, title, is_asked, came_ms, played_ms, watched_ms, failures, tried_ms, code)
            VALUES
                (@item, @Title, @IsAsked, @CameMs, @PlayedMs, @WatchedMs, @Failures, @TriedMs, @Code)
            """,
            new
            {
                item = StoreRows.Blob(item),
                memory.Title,
                memory.IsAsked,
                memory.CameMs,
                memory.PlayedMs,
                memory.WatchedMs,
                memory.Failures,
                memory.TriedMs,
                memory.Code,
            });
    }

    /// <summary>Files that are items, whole as far as the last scan saw; null for those of every item.</summary>
    public static IReadOnlyList<CachedFile> Files(IDbConnection db, IReadOnlyCollection<ItemId>? only)
    {
        var files = new List<CachedFile>();
        var volumes = new Dictionary<string, VolumeId>(StringComparer.Ordinal);
        using var rows = db.ExecuteReader(
            $"""
            SELECT item, volume, path, size FROM store_files
            WHERE {(only is null ? "item IS NOT NULL" : "item IN @items")} AND rotten = 0 AND misses = 0
            ORDER BY volume, path
            """,
            only is null ? null : new { items = Blobs(only) });
        while (rows.Read())
        {
            var named = rows.GetString(1);
            if (!volumes.TryGetValue(named, out var volume)) volumes[named] = volume = StoreRows.Volume(named);
            files.Add(new CachedFile(
                StoreRows.Item((byte[])rows.GetValue(0)), volume, Path.GetFileName(rows.GetString(2)),
                rows.GetInt64(3)));
        }

        return files;
    }

    /// <summary>What those files take on some volumes.</summary>
    public static long UsedBytes(IDbConnection db, IEnumerable<VolumeId> volumes) => db.ExecuteScalar<long>(
        """
        SELECT coalesce(sum(size), 0) FROM store_files
        WHERE item IS NOT NULL AND rotten = 0 AND misses = 0 AND volume IN @volumes
        """,
        new { volumes = volumes.Select(v => v.ToString()).ToArray() });

    public static void Add(IDbConnection db, CacheChange change, PinScope scope, long nowMs)
    {
        db.Execute(
            """
            INSERT INTO cache_changes (item, act, scope, before, after, at_ms)
            VALUES (@item, @Act, @scope, @before, @after, @nowMs)
            """,
            new
            {
                item = StoreRows.Blob(change.Item),
                change.Act,
                scope,
                before = Bits(change.Before),
                after = Bits(change.After),
                nowMs,
            });
        db.Execute(
            "DELETE FROM cache_changes WHERE no <= (SELECT max(no) FROM cache_changes) - @ChangesMax",
            new { ChangesMax });
    }

    /// <summary>The last change of an item, or of any; null where there is none.</summary>
    public static NumberedChange? Last(IDbConnection db, ItemId? item) => db
        .Query<(long No, byte[] Item, long Act, long Scope, long Before, long After)>(
            """
            SELECT no, item, act, scope, before, after FROM cache_changes
            WHERE @item IS NULL OR item = @item ORDER BY no DESC LIMIT 1
            """,
            new { item = item is { } one ? StoreRows.Blob(one) : null })
        .Select(r => new NumberedChange(
            r.No,
            new CacheChange(StoreRows.Item(r.Item), (CacheAct)r.Act, Mark(r.Before), Mark(r.After)),
            (PinScope)r.Scope))
        .FirstOrDefault();

    public static void Remove(IDbConnection db, NumberedChange change) =>
        db.Execute("DELETE FROM cache_changes WHERE no = @No", new { change.No });

    public static IReadOnlyList<QuarantinedItem> Aside(IDbConnection db) =>
    [
        .. db.Query<(byte[] Item, string Volume, long Since)>(
            "SELECT item, volume, since_ms FROM cache_aside ORDER BY since_ms, item, volume")
            .Select(r => new QuarantinedItem(StoreRows.Item(r.Item), StoreRows.Volume(r.Volume), r.Since)),
    ];

    public static void PutAside(IDbConnection db, QuarantinedItem aside) => db.Execute(
        "INSERT OR REPLACE INTO cache_aside (item, volume, since_ms) VALUES (@item, @volume, @SinceMs)",
        new { item = StoreRows.Blob(aside.Item), volume = aside.Volume.ToString(), aside.SinceMs });

    public static void ForgetAside(IDbConnection db, ItemId item, VolumeId volume) => db.Execute(
        "DELETE FROM cache_aside WHERE item = @item AND volume = @volume",
        new { item = StoreRows.Blob(item), volume = volume.ToString() });

    private static IEnumerable<CacheMemory> Memories(IDbConnection db, string where, object? with) => db
        .Query<(byte[] Item, string? Title, long IsAsked, long? Came, long? Played, long? Watched, long Failures,
            long? Tried, string? Code)>(
            $"""
            SELECT item, title, is_asked, came_ms, played_ms, watched_ms, failures, tried_ms, code FROM cache_items
            WHERE {where}
            """,
            with)
        .Select(r => new CacheMemory(
            StoreRows.Item(r.Item), r.Title, r.IsAsked != 0, r.Came, r.Played, r.Watched,
            (int)r.Failures, r.Tried, r.Code));

    private static byte[][] Blobs(IReadOnlyCollection<ItemId> items) => [.. items.Select(StoreRows.Blob)];

    private static int Bits(CacheMark mark) => (int)mark.Pin + (mark.IsBuried ? 4 : 0) + (mark.IsAsked ? 8 : 0);

    private static CacheMark Mark(long bits) => new((PinKind)(bits & 3), (bits & 4) != 0, (bits & 8) != 0);
}
