using System.Data;
using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>A file of a watched folder, as this device last saw it.</summary>
/// <param name="Item">Null until all of it was hashed.</param>
/// <param name="DoneBytes">Hashed so far, whole pieces.</param>
internal sealed record StoredFile(
    VolumeId Volume, string Path, long Inode, long SizeBytes, long ModifiedNs, bool IsSettled, int Misses,
    bool IsRotten, ItemId? Item, long DoneBytes)
{
    public bool IsSameAs(FileStat stat) =>
        stat.IsFile && Inode == stat.Inode && SizeBytes == stat.SizeBytes && ModifiedNs == stat.ModifiedNs;
}

/// <summary>What this device says of an item on one of its volumes.</summary>
/// <param name="HashedMs">When all of it was last read and hashed; Unix milliseconds.</param>
/// <param name="IsTold">False while the fleet's log does not say it yet.</param>
public sealed record HeldItem(
    ItemId Item, VolumeId Volume, long Gen, HoldingState State, long? HashedMs, bool IsTold);

/// <summary>Statements on the tables of <see cref="StoreSchema"/>; those that write need the writer's thread.</summary>
internal static class StoreRows
{
    private const string FileColumns =
        "volume, path, inode, size, modified_ns, settled, misses, rotten, item, done";

    // In the folder, and in no other one that is watched; every path is in a volume as a whole.
    private const string InFolder = """
        (@folder IS NULL OR ((@folder = '' OR substr(f.path, 1, length(@folder) + 1) = @folder || '/')
            AND NOT EXISTS (
                SELECT 1 FROM store_folders o WHERE o.volume = f.volume AND o.path <> @folder
                    AND (o.path = '' OR substr(f.path, 1, length(o.path) + 1) = o.path || '/'))))
        """;

    public static IReadOnlyList<StoredFile> Files(IDbConnection db, VolumeId volume) =>
        Files(db, "volume = @volume", new { volume = volume.ToString() });

    public static IReadOnlyList<StoredFile> FilesOf(IDbConnection db, ItemId item) => Files(
        db, "item = @item AND rotten = 0 AND misses = 0 ORDER BY volume, path", new { item = Blob(item) });

    public static StoredFile? FileAt(IDbConnection db, VolumeId volume, string path) => Files(
        db, "volume = @volume AND path = @path", new { volume = volume.ToString(), path }).FirstOrDefault();

    /// <summary>Never hashed first, those begun before others; then those whose proof grows old.</summary>
    /// <param name="withNew">False for the latter alone.</param>
    public static IReadOnlyList<StoredFile> ToHash(
        IDbConnection db, IReadOnlyList<VolumeId> present, long nowMs, bool withNew, int max) => Files(
        db,
        """
        volume IN @volumes AND misses = 0 AND settled = 1 AND rotten = 0 AND due_ms <= @nowMs
        AND (@withNew OR item IS NOT NULL)
        ORDER BY item IS NOT NULL, done = 0, due_ms, volume, path LIMIT @max
        """,
        new { volumes = present.Select(v => v.ToString()).ToArray(), nowMs, withNew, max });

    /// <summary>Files whose first hash is still to be made, and their bytes.</summary>
    public static (long Files, long Bytes, long DoneBytes) Unhashed(IDbConnection db) =>
        db.QuerySingle<(long, long, long)>(
            """
            SELECT count(*), coalesce(sum(size), 0), coalesce(sum(done), 0) FROM store_files
            WHERE item IS NULL AND misses = 0
            """);

    public static void Put(IDbConnection db, StoredFile file, long dueMs, byte[]? hashes) => db.Execute(
        """
        INSERT OR REPLACE INTO store_files
            (volume, path, inode, size, modified_ns, settled, misses, rotten, item, due_ms, done, hashes)
        VALUES (@Volume, @Path, @Inode, @SizeBytes, @ModifiedNs, @IsSettled, @Misses, @IsRotten, @Item, @dueMs,
            @DoneBytes, @hashes)
        """,
        new
        {
            Volume = file.Volume.ToString(),
            file.Path,
            file.Inode,
            file.SizeBytes,
            file.ModifiedNs,
            file.IsSettled,
            file.Misses,
            file.IsRotten,
            Item = file.Item is { } item ? Blob(item) : null,
            dueMs,
            file.DoneBytes,
            hashes,
        });

    public static void Move(IDbConnection db, StoredFile file, string to)
    {
        Drop(db, file.Volume, to);
        db.Execute(
            "UPDATE store_files SET path = @to, misses = 0 WHERE volume = @volume AND path = @Path",
            new { volume = file.Volume.ToString(), file.Path, to });
    }

    public static void Miss(IDbConnection db, StoredFile file, int misses) => db.Execute(
        "UPDATE store_files SET misses = @misses WHERE volume = @volume AND path = @Path",
        new { volume = file.Volume.ToString(), file.Path, misses });

    public static void Settle(IDbConnection db, StoredFile file) => db.Execute(
        "UPDATE store_files SET settled = 1, misses = 0 WHERE volume = @volume AND path = @Path",
        new { volume = file.Volume.ToString(), file.Path });

    public static void Unsettle(IDbConnection db, StoredFile file) => db.Execute(
        "UPDATE store_files SET settled = 0, misses = 0 WHERE volume = @volume AND path = @Path",
        new { volume = file.Volume.ToString(), file.Path });

    public static void Drop(IDbConnection db, VolumeId volume, string path) => db.Execute(
        "DELETE FROM store_files WHERE volume = @volume AND path = @path",
        new { volume = volume.ToString(), path });

    /// <summary>Keeps how far hashing has come; nothing where the file is another by now.</summary>
    public static void Progress(IDbConnection db, StoredFile file, long doneBytes, byte[]? hashes) => db.Execute(
        """
        UPDATE store_files SET done = @doneBytes, hashes = @hashes
        WHERE volume = @volume AND path = @Path AND inode = @Inode AND size = @SizeBytes AND modified_ns = @ModifiedNs
        """,
        new
        {
            volume = file.Volume.ToString(),
            file.Path,
            file.Inode,
            file.SizeBytes,
            file.ModifiedNs,
            doneBytes,
            hashes,
        });

    public static byte[]? HashesOf(IDbConnection db, StoredFile file) => db.QuerySingleOrDefault<byte[]?>(
        "SELECT hashes FROM store_files WHERE volume = @volume AND path = @Path",
        new { volume = file.Volume.ToString(), file.Path });

    public static IReadOnlyList<HeldItem> Held(IDbConnection db) => Held(db, "1", null);

    public static int Count(IDbConnection db, params HoldingState[] states) => db.ExecuteScalar<int>(
        "SELECT count(*) FROM store_held WHERE state IN @states", new { states = states.Select(s => (int)s) });

    public static IReadOnlyList<HeldItem> Untold(IDbConnection db, int max) =>
        Held(db, "told = 0 ORDER BY volume, item LIMIT @max", new { max });

    public static IReadOnlyList<HeldItem> HeldOf(IDbConnection db, ItemId item) =>
        Held(db, "item = @item ORDER BY volume", new { item = Blob(item) });

    /// <summary>The name of a file that is the item, or was until it was set aside; null for none.</summary>
    public static string? NameOf(IDbConnection db, ItemId item) => db.QueryFirstOrDefault<string?>(
        """
        SELECT path FROM (
            SELECT 0 AS place, volume, path FROM store_files WHERE item = @item AND rotten = 0
            UNION ALL SELECT 1, volume, path FROM store_aside WHERE item = @item)
        ORDER BY place, volume, path LIMIT 1
        """,
        new { item = Blob(item) }) is { } path ? Path.GetFileName(path) : null;

    public static HeldItem? HeldOn(IDbConnection db, ItemId item, VolumeId volume) => Held(
        db, "item = @item AND volume = @volume", new { item = Blob(item), volume = volume.ToString() })
        .FirstOrDefault();

    /// <summary>Present by what was said, without a file that could be it.</summary>
    public static IReadOnlyList<HeldItem> WithoutFile(IDbConnection db, VolumeId volume, int missesMin) => Held(
        db,
        """
        state IN (0, 1) AND volume = @volume AND NOT EXISTS (
            SELECT 1 FROM store_files f
            WHERE f.item = store_held.item AND f.volume = store_held.volume AND f.misses < @missesMin)
        """,
        new { volume = volume.ToString(), missesMin });

    /// <summary>Items on a volume whose files all lie in that folder alone; null for the whole volume.</summary>
    public static IReadOnlyList<ItemId> GoingWith(IDbConnection db, VolumeId volume, string? folder) =>
    [
        .. db.Query<byte[]>(
            $"""
            SELECT h.item FROM store_held h WHERE h.volume = @volume AND h.state IN (0, 1) AND NOT EXISTS (
                SELECT 1 FROM store_files f WHERE f.item = h.item AND f.volume = h.volume AND NOT ({InFolder}))
                AND (@folder IS NULL OR EXISTS (
                    SELECT 1 FROM store_files f WHERE f.item = h.item AND f.volume = h.volume))
            ORDER BY h.item
            """,
            new { volume = volume.ToString(), folder }).Select(Item),
    ];

    /// <summary>Forgets the files of a folder, or of a whole volume; those items are gone from it.</summary>
    public static void Forget(IDbConnection db, VolumeId volume, string? folder, IReadOnlyList<ItemId> going)
    {
        var where = new { volume = volume.ToString(), folder };
        // Of a whole volume they are all that lie there.
        if (folder is null) LetGo(db, volume, "state IN (0, 1)", null);
        else
            foreach (var item in going) LetGo(db, volume, "item = @item", item);
        db.Execute($"DELETE FROM store_files AS f WHERE f.volume = @volume AND {InFolder}", where);
        db.Execute("DELETE FROM store_folders WHERE volume = @volume AND (@folder IS NULL OR path = @folder)", where);
        if (folder is not null) return;
        db.Execute("DELETE FROM store_copies WHERE volume = @volume", where);
        db.Execute("DELETE FROM store_aside WHERE volume = @volume", where);
        db.Execute("DELETE FROM cache_aside WHERE volume = @volume", where);
        db.Execute("DELETE FROM store_volumes WHERE id = @volume", where);
    }

    private static void LetGo(IDbConnection db, VolumeId volume, string which, ItemId? item) => db.Execute(
        $"UPDATE store_held SET state = @gone, hashed_ms = NULL, told = 0 WHERE volume = @volume AND {which}",
        new
        {
            gone = (int)HoldingState.Gone,
            volume = volume.ToString(),
            item = item is { } one ? Blob(one) : null,
        });

    public static void Hold(IDbConnection db, HeldItem held) => db.Execute(
        """
        INSERT OR REPLACE INTO store_held (item, volume, gen, state, hashed_ms, told)
        VALUES (@item, @volume, @Gen, @State, @HashedMs, @IsTold)
        """,
        new
        {
            item = Blob(held.Item),
            volume = held.Volume.ToString(),
            held.Gen,
            held.State,
            held.HashedMs,
            held.IsTold,
        });

    /// <summary>Notes that the log says so now, unless something else is to be said by then.</summary>
    public static void Told(IDbConnection db, HeldItem held) => db.Execute(
        """
        UPDATE store_held SET told = 1
        WHERE item = @item AND volume = @volume AND gen = @Gen AND state = @State AND hashed_ms IS @HashedMs
        """,
        new { item = Blob(held.Item), volume = held.Volume.ToString(), held.Gen, held.State, held.HashedMs });

    public static PieceLayer? Layer(IDbConnection db, ItemId item) =>
        db.Query<(long Size, long PieceLength, byte[] Hashes)>(
            "SELECT size, piece_length, hashes FROM store_layers WHERE item = @item", new { item = Blob(item) })
            .Select(row => PieceLayer.TryRead(row.Size, (int)row.PieceLength, row.Hashes)).FirstOrDefault();

    public static void Put(IDbConnection db, PieceLayer layer) => db.Execute(
        """
        INSERT OR IGNORE INTO store_layers (item, size, piece_length, hashes, told)
        VALUES (@item, @SizeBytes, @PieceLength, @hashes, 0)
        """,
        new { item = Blob(layer.Item), layer.SizeBytes, layer.PieceLength, hashes = layer.ToBytes() });

    /// <summary>A layer of which the log knows nothing yet; null where it does.</summary>
    public static PieceLayer? Untold(IDbConnection db, ItemId item) =>
        db.ExecuteScalar<long?>("SELECT told FROM store_layers WHERE item = @item", new { item = Blob(item) }) == 0
            ? Layer(db, item)
            : null;

    public static void Told(IDbConnection db, ItemId item) =>
        db.Execute("UPDATE store_layers SET told = 1 WHERE item = @item", new { item = Blob(item) });

    public static byte[] Blob(ItemId item) => item.Value.ToArray();

    public static ItemId Item(byte[] blob) => new(new Hash256(blob));

    public static VolumeId Volume(string text) =>
        VolumeId.TryParse(text, out var id) ? id : throw new InvalidDataException("No volume has that id.");

    private static List<HeldItem> Held(IDbConnection db, string where, object? with) =>
    [
        .. db.Query<(byte[] Item, string Volume, long Gen, long State, long? HashedMs, long Told)>(
            $"SELECT item, volume, gen, state, hashed_ms, told FROM store_held WHERE {where}", with)
            .Select(r => new HeldItem(
                Item(r.Item), Volume(r.Volume), r.Gen, (HoldingState)r.State, r.HashedMs, r.Told != 0)),
    ];

    private static List<StoredFile> Files(IDbConnection db, string where, object with)
    {
        var files = new List<StoredFile>();
        using var rows = db.ExecuteReader($"SELECT {FileColumns} FROM store_files WHERE {where}", with);
        while (rows.Read())
            files.Add(new StoredFile(
                Volume(rows.GetString(0)), rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4),
                rows.GetInt64(5) != 0, (int)rows.GetInt64(6), rows.GetInt64(7) != 0,
                rows.IsDBNull(8) ? null : Item((byte[])rows.GetValue(8)), rows.GetInt64(9)));
        return files;
    }
}
