using System.Data;
using Anarchive.Fleet;
using Dapper;

namespace Anarchive.Node;

/// <summary>Reads what shelves are made from.</summary>
internal static class LibraryRows
{
    public static long Stamp(IDbConnection db) => db.QuerySingle<long>("SELECT stamp FROM library_stamp");

    public static bool HasMany(IDbConnection db, int min) =>
        db.QueryFirstOrDefault<long?>("SELECT 1 FROM store_files LIMIT 1 OFFSET @min", new { min }) is not null;

    /// <summary>Files that are items and were there at the last look, by path.</summary>
    public static IReadOnlyList<(ItemId Item, LibraryPlace Place, long SizeBytes)> Files(IDbConnection db)
    {
        var files = new List<(ItemId, LibraryPlace, long)>();
        var volumes = new Dictionary<string, VolumeId>(StringComparer.Ordinal);
        using var rows = db.ExecuteReader(
            """
            SELECT item, volume, path, size FROM store_files
            WHERE item IS NOT NULL AND rotten = 0 AND misses = 0 ORDER BY volume, path
            """);
        while (rows.Read())
        {
            var (named, path) = (rows.GetString(1), rows.GetString(2));
            if (!SeasonFolder.IsVideo(path)) continue;
            if (!volumes.TryGetValue(named, out var volume)) volumes[named] = volume = StoreRows.Volume(named);
            files.Add((
                StoreRows.Item((byte[])rows.GetValue(0)), new LibraryPlace(volume, path), rows.GetInt64(3)));
        }

        return files;
    }

    /// <summary>Watched folders from their volume's root, by volume.</summary>
    public static ILookup<VolumeId, string> Folders(IDbConnection db) =>
        db.Query<(string Volume, string Path)>("SELECT volume, path FROM store_folders")
            .ToLookup(f => StoreRows.Volume(f.Volume), f => f.Path);

    /// <summary>Names of items that once lay here.</summary>
    public static IReadOnlyDictionary<ItemId, string> Titles(IDbConnection db)
    {
        var titles = new Dictionary<ItemId, string>();
        foreach (var (item, path) in db.Query<(byte[] Item, string Path)>(
            "SELECT item, title FROM cache_items WHERE title IS NOT NULL UNION ALL SELECT item, path FROM store_aside"))
            titles[StoreRows.Item(item)] = Path.GetFileName(path);
        return titles;
    }

    /// <summary>What content keys of these the files have that detection has seen: by whole path.</summary>
    public static ILookup<string, string> Keys(IDbConnection db, IReadOnlyCollection<string> paths) =>
        paths.Chunk(200).SelectMany(some => db.Query<(string Path, string Key)>(
            "SELECT path, key FROM part_items WHERE path IN @some AND key LIKE 'osh:%'", new { some }))
        .ToLookup(r => r.Path, r => r.Key, StringComparer.Ordinal);

    /// <summary>Whole paths of files of these keys.</summary>
    public static ILookup<string, string> PathsOf(IDbConnection db, IReadOnlyCollection<string> keys) =>
        keys.Chunk(200).SelectMany(some => db.Query<(string Path, string Key)>(
            "SELECT path, key FROM part_items WHERE key IN @some", new { some }))
        .ToLookup(r => r.Path, r => r.Key, StringComparer.Ordinal);

    /// <summary>These whole paths, and every other at which a file of theirs was seen.</summary>
    public static IReadOnlySet<string> WithTwins(IDbConnection db, IReadOnlyCollection<string> paths)
    {
        var keys = Keys(db, paths).SelectMany(k => k).Distinct().ToList();
        return PathsOf(db, keys).Select(p => p.Key).Concat(paths).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Every key that detection gave files at these whole paths, their themes' among them.</summary>
    public static IReadOnlyList<string> FoundKeys(IDbConnection db, IReadOnlyCollection<string> paths) =>
    [
        .. paths.Chunk(200).SelectMany(some => db.Query<string>(
            "SELECT DISTINCT key FROM part_items WHERE path IN @some AND (key LIKE 'osh:%' OR key LIKE 'thm:%')",
            new { some })).Distinct(),
    ];
}
