using Anarchive.Fleet;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>A whole file of an item, whose bytes were hashed and whose file was not written to since.</summary>
/// <param name="FullPath">On this machine; it never leaves the node.</param>
public sealed record StoredCopy(ItemId Item, LocalVolume Volume, string FullPath, string Name, long SizeBytes);

/// <summary>How a volume looked at a scan.</summary>
/// <param name="Absence">Why nothing of it counts as missing, as a code; null where all of it was read.</param>
/// <param name="Gone">Items that went; none where there is an absence.</param>
/// <param name="Settling">Files that were written to just now, and may be soon again.</param>
public sealed record VolumeScan(
    VolumeId Volume, string? Absence, int Files, int Fresh, int Moved, int Gone, int Settling = 0)
{
    /// <summary>What only a scan can see, and stands until the next: whether the volume itself is there, a look says.
    /// </summary>
    public string? FolderAbsence => Absence is VolumeAbsence.FolderMissing or VolumeAbsence.FolderEmpty
        or VolumeAbsence.FolderUnreadable or VolumeAbsence.Frozen ? Absence : null;
}

/// <summary>What a look at folders makes of a file that was there before and is not now.</summary>
public enum Missing
{
    /// <summary>It is missing once more; twice, and it is gone.</summary>
    Counts,

    /// <summary>Nothing yet: who looks again at once has not waited for it to come back.</summary>
    Waits,

    /// <summary>It is gone: the owner said so.</summary>
    IsGone,
}

/// <summary>
/// Whether so many items may be said to be gone at once, of so many held (design: D6). What is refused is asked again
/// at the next scan.
/// </summary>
public delegate bool MayLetGo(int gone, int held);

/// <summary>The highest gen the fleet's log knows of this device's copies of an item on a volume; 0 for none.</summary>
public delegate long GenKnown(ItemId item, VolumeId volume);

/// <summary>
/// The items of this device: the files of watched folders and of torrents, and what it says of each. Nothing here
/// deletes a file.
/// </summary>
/// <remarks>
/// An item is gone once its file was missing in two scans of a volume that was there, marker and all, and listed its
/// folders whole. A volume that is absent, an emptied folder and one that cannot be read let nothing go (D5).
/// </remarks>
public sealed class ItemStore(
    Database database, LogWriter writer, Volumes volumes, GenKnown genKnown, MayLetGo mayLetGo,
    TorrentPlacesOn torrentsOn, CacheNews news, NodeOptions options, TimeProvider time,
    ILogger<ItemStore> log) : IDisposable
{
    internal const int MissesMax = 2;

    // A file that is still written is not read; what has not changed for so long is whole.
    internal static readonly TimeSpan SettleFor = TimeSpan.FromMinutes(2);

    private readonly Dictionary<VolumeId, VolumeScan> _scans = [];

    /// <summary>Held by whoever changes files and rows together.</summary>
    internal SemaphoreSlim Changing { get; } = new(1);

    /// <summary>How each volume looked at its last scan.</summary>
    public IReadOnlyList<VolumeScan> Scans
    {
        get
        {
            lock (_scans) return [.. _scans.Values.OrderBy(s => s.Volume)];
        }
    }

    /// <summary>Everything this device says of its items.</summary>
    public IReadOnlyList<HeldItem> Held()
    {
        using var db = database.OpenReader();
        return StoreRows.Held(db);
    }

    /// <summary>How many items are whole here, by what this device says.</summary>
    public int PresentCount()
    {
        using var db = database.OpenReader();
        return StoreRows.Count(db, HoldingState.Present);
    }

    /// <summary>What this device says of one item, on each of its volumes.</summary>
    public IReadOnlyList<HeldItem> Held(ItemId item)
    {
        using var db = database.OpenReader();
        return StoreRows.HeldOf(db, item);
    }

    /// <summary>
    /// What the files that are these items are called here, also on a volume that is absent. For their owner: a name
    /// goes to no other node.
    /// </summary>
    public IReadOnlyDictionary<ItemId, string> NamesOf(IEnumerable<ItemId> items)
    {
        using var db = database.OpenReader();
        var names = new Dictionary<ItemId, string>();
        foreach (var item in items.Distinct())
            if (StoreRows.NameOf(db, item) is { } name) names[item] = name;
        return names;
    }

    /// <summary>A file that is the item, looked at just now; null where none is here.</summary>
    public StoredCopy? Find(ItemId item) => Copies(item).FirstOrDefault();

    /// <summary>As above, on that volume.</summary>
    public StoredCopy? Find(ItemId item, VolumeId volume) => Copies(item).FirstOrDefault(c => c.Volume.Id == volume);

    /// <summary>Every file that is the item, on volumes that are there.</summary>
    public IEnumerable<StoredCopy> Copies(ItemId item)
    {
        IReadOnlyList<StoredFile> files;
        using (var db = database.OpenReader()) files = StoreRows.FilesOf(db, item);
        foreach (var file in files)
        {
            if (volumes.Look(file.Volume) is not { IsPresent: true } sight) continue;
            var full = Path.Combine(sight.Volume.Root, file.Path);
            if (Unchanged(file, sight.Volume.Root))
                yield return new StoredCopy(item, sight.Volume, full, Path.GetFileName(file.Path), file.SizeBytes);
        }
    }

    /// <summary>The hashes of an item's pieces; null where it was never hashed here.</summary>
    public PieceLayer? LayerOf(ItemId item)
    {
        using var db = database.OpenReader();
        return StoreRows.Layer(db, item);
    }

    /// <summary>Has a folder of a volume watched. Durable when it returns.</summary>
    /// <returns><c>not_found</c> or <c>bad_folder</c>; null where it was done.</returns>
    public async Task<Problem?> WatchAsync(VolumeId volume, string folder, CancellationToken cancellation)
    {
        if (volumes.Look(volume) is not { IsPresent: true } sight) return Problem.NotFound("volume");
        var full = RealPath.Of(Path.Combine(sight.Volume.Root, folder));
        if (!Volumes.IsWithin(full, sight.Volume.Root) || !Directory.Exists(full)
            || Volumes.IsWithin(full, Path.Combine(sight.Volume.Root, VolumeMarker.Folder)))
            return new Problem("bad_folder", 400, "A watched folder lies in a volume of this device.");
        if (OwnData.RefusalOf(full, options.DataDirectory) is { } own) return own;
        var path = full == sight.Volume.Root ? "" : Path.GetRelativePath(sight.Volume.Root, full);
        await writer.OnWriterAsync(
            db => db.Execute(
                "INSERT OR IGNORE INTO store_folders (volume, path) VALUES (@volume, @path)",
                new { volume = volume.ToString(), path }),
            cancellation);
        return null;
    }

    /// <summary>The watched folders, from their volume's root.</summary>
    public IReadOnlyList<(VolumeId Volume, string Folder)> Folders()
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(string Volume, string Path)>("SELECT volume, path FROM store_folders ORDER BY volume, path")
                .Select(r => (StoreRows.Volume(r.Volume), r.Path)),
        ];
    }

    /// <summary>Items of a volume that no other watched folder of it has: with the whole volume, all.</summary>
    internal IReadOnlyList<ItemId> GoingWith(VolumeId volume, string? folder)
    {
        using var db = database.OpenReader();
        return StoreRows.GoingWith(db, volume, folder);
    }

    /// <summary>Looks at every watched folder. Durable when it returns.</summary>
    public async Task<IReadOnlyList<VolumeScan>> ScanAsync(Missing missing, CancellationToken cancellation)
    {
        await Changing.WaitAsync(cancellation);
        try
        {
            var scans = new List<VolumeScan>();
            var watched = Folders().ToLookup(f => f.Volume, f => f.Folder);
            foreach (var volume in volumes.All)
                if (await ScanAsync(volume, [.. watched[volume.Id]], missing, cancellation) is { } scan)
                    scans.Add(scan);
            scans = await LetGoAsync(scans, missing == Missing.IsGone, cancellation);
            lock (_scans)
            {
                _scans.Clear();
                foreach (var scan in scans) _scans[scan.Volume] = scan;
            }

            return scans;
        }
        finally
        {
            Changing.Release();
        }
    }

    /// <summary>Takes note that a file is an item: all of it was hashed just now, while nobody wrote to it.</summary>
    internal Task HashedAsync(StoredFile file, PieceLayer layer, CancellationToken cancellation) =>
        news.WriteAsync(
            layer.Item,
            db =>
            {
                var nowMs = NowMs();
                StoreRows.Put(db, layer);
                StoreRows.Put(
                    db, file with { Item = layer.Item, DoneBytes = 0, IsSettled = true, IsRotten = false, Misses = 0 },
                    Reverification.DueMs(layer.Item, nowMs), null);
                var before = StoreRows.HeldOn(db, layer.Item, file.Volume);
                var gen = before?.State.IsHeld() == true
                    ? before.Gen
                    : Math.Max(before?.Gen ?? 0, genKnown(layer.Item, file.Volume)) + 1;
                StoreRows.Hold(
                    db, new HeldItem(layer.Item, file.Volume, gen, HoldingState.Present, nowMs, IsTold: false));
            },
            cancellation);

    /// <summary>Takes note that a file's bytes are others than they were, though nobody wrote to it.</summary>
    internal Task RottenAsync(StoredFile file, CancellationToken cancellation) => news.WriteAsync(
        file.Item!.Value,
        db =>
        {
            StoreRows.Put(db, file with { IsRotten = true, DoneBytes = 0 }, 0, null);
            var item = file.Item!.Value;
            if (StoreRows.FilesOf(db, item).Any(f => f.Volume == file.Volume)) return;
            if (StoreRows.HeldOn(db, item, file.Volume) is { State: HoldingState.Present } held)
                StoreRows.Hold(
                    db, held with { State = HoldingState.Partial, HashedMs = null, IsTold = false });
        },
        cancellation);

    public void Dispose() => Changing.Dispose();

    /// <summary>Every file that was hashed as the item on a volume, also one that is another by now or gone.</summary>
    internal IReadOnlyList<StoredFile> FilesOf(ItemId item, VolumeId volume)
    {
        using var db = database.OpenReader();
        return [.. StoreRows.FilesOf(db, item).Where(f => f.Volume == volume)];
    }

    /// <summary>What is known of the file by that path from its volume's root; null for nothing.</summary>
    internal StoredFile? FileAt(VolumeId volume, string path)
    {
        using var db = database.OpenReader();
        return StoreRows.FileAt(db, volume, path);
    }

    /// <summary>True where it is the file that was hashed, and lies in its volume.</summary>
    internal static bool Unchanged(StoredFile file, string root)
    {
        try
        {
            var full = Path.Combine(root, file.Path);
            return FileStat.Of(full) is { } stat && file.IsSameAs(stat) && Volumes.IsWithin(RealPath.Of(full), root);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Null where nothing of the volume is watched.</summary>
    private async Task<VolumeScan?> ScanAsync(
        LocalVolume volume, IReadOnlyList<string> folders, Missing missing, CancellationToken cancellation)
    {
        var id = volume.Id;
        IReadOnlyList<StoredFile> known;
        using (var db = database.OpenReader()) known = StoreRows.Files(db, id);
        var torrents = torrentsOn(volume);
        if (folders.Count == 0 && known.Count == 0 && torrents.Whole.Count == 0) return null;
        var sight = volumes.Look(id);
        if (sight is not { IsPresent: true })
            return new VolumeScan(id, sight?.Absence ?? VolumeAbsence.RootMissing, 0, 0, 0, 0);
        var scan = new ScanTally(id, known, torrents, time.GetUtcNow(), SettleFor, missing);
        foreach (var folder in folders) scan.Take(folder, FolderListing.Read(sight.Volume.Root, folder));
        scan.TakeOthers(sight.Volume.Root, folders, torrents.Whole);
        // It may have been unplugged meanwhile.
        if (volumes.Look(id) is not { IsPresent: true } after)
            return new VolumeScan(id, volumes.Look(id)?.Absence ?? VolumeAbsence.Unreadable, 0, 0, 0, 0);
        foreach (var part in scan.Changes().Chunk(500))
            await writer.OnWriterAsync(
                db =>
                {
                    foreach (var change in part) change(db);
                },
                cancellation);
        if (scan.Fault is { } fault) NodeLog.VolumeNotWhole(log, id.ToString(), fault);
        return new VolumeScan(after.Volume.Id, scan.Fault, scan.Files, scan.Fresh, scan.Moved, 0, scan.Settling);
    }

    /// <summary>What was missing twice on volumes that are whole is gone, unless that is too much at once.</summary>
    private async Task<List<VolumeScan>> LetGoAsync(
        List<VolumeScan> scans, bool ownerLetsGo, CancellationToken cancellation)
    {
        List<HeldItem> missing;
        int held;
        using (var db = database.OpenReader())
        {
            missing = [.. scans.Where(s => s.Absence is null)
                .SelectMany(s => StoreRows.WithoutFile(db, s.Volume, MissesMax))];
            held = StoreRows.Count(db, HoldingState.Present, HoldingState.Partial);
        }

        if (missing.Count > 0 && !ownerLetsGo && !mayLetGo(missing.Count, held))
        {
            NodeLog.ItemsNotLetGo(log, missing.Count, held);
            var frozen = missing.Select(m => m.Volume).ToHashSet();
            return [.. scans.Select(s => frozen.Contains(s.Volume) ? s with { Absence = VolumeAbsence.Frozen } : s)];
        }

        var whole = scans.Where(s => s.Absence is null).Select(s => s.Volume.ToString()).ToArray();
        await writer.OnWriterAsync(
            db =>
            {
                foreach (var item in missing)
                    StoreRows.Hold(
                        db, item with { State = HoldingState.Gone, HashedMs = null, IsTold = false });
                return db.Execute(
                    "DELETE FROM store_files WHERE misses >= @MissesMax AND volume IN @whole",
                    new { MissesMax, whole });
            },
            cancellation);
        if (missing.Count > 0) NodeLog.ItemsGone(log, missing.Count);
        return [.. scans.Select(s => s with { Gone = missing.Count(m => m.Volume == s.Volume) })];
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
