using Anarchive.Fleet;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>An item that was set aside.</summary>
/// <param name="SinceMs">When; Unix milliseconds.</param>
public sealed record QuarantinedItem(ItemId Item, VolumeId Volume, long SinceMs);

/// <summary>
/// Sets files aside by a rename within their volume, into <c>.anarchive/quarantine</c>; brings them back; deletes them.
/// Whether they may go is decided elsewhere.
/// </summary>
/// <remarks>
/// Where a file is to be is noted before it is renamed, so that whenever the process ends, <see cref="RecoverAsync"/>
/// finds each either still in its place or set aside.
/// </remarks>
public sealed class Quarantine(
    Database database, LogWriter writer, Volumes volumes, ItemStore store, TimeProvider time)
{
    private const string Folder = "quarantine";

    public IReadOnlyList<QuarantinedItem> All()
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(byte[] Item, string Volume, long SinceMs)>(
                "SELECT item, volume, min(since_ms) FROM store_aside GROUP BY item, volume ORDER BY 3, 1, 2")
                .Select(r => new QuarantinedItem(StoreRows.Item(r.Item), StoreRows.Volume(r.Volume), r.SinceMs)),
        ];
    }

    /// <summary>
    /// Sets every file of an item on a volume aside; durable when it returns. False, and nothing moved, where the
    /// volume is absent or holds none, or one of them is not, or no longer, the file that was hashed.
    /// </summary>
    /// <exception cref="IOException">A file cannot be renamed; those before it are set aside.</exception>
    public Task<bool> SetAsideAsync(ItemId item, VolumeId volume, CancellationToken cancellation) =>
        ChangeAsync(volume, async root =>
        {
            List<StoredFile> files;
            using (var db = database.OpenReader())
                files = [.. StoreRows.FilesOf(db, item).Where(f => f.Volume == volume)];
            if (files.Count == 0 || !files.All(f => ItemStore.Unchanged(f, root))) return false;
            var folder = Path.Combine(root, VolumeMarker.Folder, Folder);
            Directory.CreateDirectory(folder);
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var file in files)
            {
                var aside = new Aside(volume, NameFor(folder, item), item, file.Path);
                await writer.OnWriterAsync(db => Put(db, aside, nowMs), cancellation);
                Rename(Path.Combine(root, file.Path), Path.Combine(folder, aside.Name));
                await writer.OnWriterAsync(db => StoreRows.Drop(db, volume, file.Path), cancellation);
            }

            await SayAsync(item, volume, HoldingState.Quarantined, cancellation);
            return true;
        });

    /// <summary>
    /// Puts an item back where it was; where another file has its name by now, beside it. Durable when it returns.
    /// False where the volume is absent or nothing of the item is set aside.
    /// </summary>
    /// <remarks>What comes back counts as present once it is hashed again.</remarks>
    /// <exception cref="IOException">A file cannot be renamed.</exception>
    public Task<bool> RestoreAsync(ItemId item, VolumeId volume, CancellationToken cancellation) =>
        ChangeAsync(volume, async root =>
        {
            var asides = Of(item, volume);
            if (asides.Count == 0) return false;
            await SayAsync(item, volume, HoldingState.Partial, cancellation);
            foreach (var aside in asides) await RestoreAsync(root, aside, cancellation);
            return true;
        });

    /// <summary>
    /// Deletes what is set aside of an item; durable when it returns. False where the volume is absent or nothing is.
    /// </summary>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    public Task<bool> PurgeAsync(ItemId item, VolumeId volume, CancellationToken cancellation) =>
        ChangeAsync(volume, async root =>
        {
            var asides = Of(item, volume);
            if (asides.Count == 0) return false;
            var folder = Path.Combine(root, VolumeMarker.Folder, Folder);
            foreach (var aside in asides)
            {
                File.Delete(Path.Combine(folder, aside.Name));
                DurableFile.SyncDirectory(folder);
                await writer.OnWriterAsync(db => Forget(db, aside), cancellation);
            }

            await SayAsync(item, volume, HoldingState.Gone, cancellation);
            return true;
        });

    /// <summary>After a start: what was noted and not renamed is in its place, and is left there.</summary>
    public async Task RecoverAsync(CancellationToken cancellation)
    {
        foreach (var aside in Rows("1", new { }))
            _ = await ChangeAsync(aside.Volume, async root =>
            {
                var isAside = FileStat.Of(Path.Combine(root, VolumeMarker.Folder, Folder, aside.Name)) is not null;
                if (!isAside) await writer.OnWriterAsync(db => Forget(db, aside), cancellation);
                else if (FileStat.Of(Path.Combine(root, aside.Path)) is null)
                {
                    await writer.OnWriterAsync(db => StoreRows.Drop(db, aside.Volume, aside.Path), cancellation);
                    await SayAsync(aside.Item, aside.Volume, HoldingState.Quarantined, cancellation);
                }

                return isAside;
            });
    }

    private async Task RestoreAsync(string root, Aside aside, CancellationToken cancellation)
    {
        var from = Path.Combine(root, VolumeMarker.Folder, Folder, aside.Name);
        var to = FileNames.Free(Path.Combine(root, aside.Path));
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        Rename(from, to);
        var stat = FileStat.Of(to) ?? throw new IOException("What was put back is not there.");
        var path = Path.GetRelativePath(root, to);
        await writer.OnWriterAsync(
            db =>
            {
                StoreRows.Put(
                    db,
                    new StoredFile(
                        aside.Volume, path, stat.Inode, stat.SizeBytes, stat.ModifiedNs, IsSettled: true, 0,
                        IsRotten: false, aside.Item, 0),
                    0,
                    null);
                Forget(db, aside);
            },
            cancellation);
    }

    private async Task<bool> ChangeAsync(VolumeId volume, Func<string, Task<bool>> change)
    {
        await store.Changing.WaitAsync();
        try
        {
            return volumes.Look(volume) is { IsPresent: true } sight && await change(sight.Volume.Root);
        }
        finally
        {
            store.Changing.Release();
        }
    }

    private Task SayAsync(ItemId item, VolumeId volume, HoldingState state, CancellationToken cancellation) =>
        writer.OnWriterAsync(
            db =>
            {
                if (StoreRows.HeldOn(db, item, volume) is { } held)
                    StoreRows.Hold(db, held with { State = state, HashedMs = null, IsTold = false });
            },
            cancellation);

    private List<Aside> Of(ItemId item, VolumeId volume) =>
        Rows("item = @item AND volume = @volume", new { item = StoreRows.Blob(item), volume = volume.ToString() });

    private List<Aside> Rows(string where, object with)
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(string Volume, string Name, byte[] Item, string Path)>(
                $"SELECT volume, name, item, path FROM store_aside WHERE {where} ORDER BY volume, name", with)
                .Select(r => new Aside(StoreRows.Volume(r.Volume), r.Name, StoreRows.Item(r.Item), r.Path)),
        ];
    }

    private static void Put(SqliteConnection db, Aside aside, long nowMs) => db.Execute(
        "INSERT INTO store_aside (volume, name, item, path, since_ms) VALUES (@volume, @Name, @item, @Path, @nowMs)",
        new { volume = aside.Volume.ToString(), aside.Name, item = StoreRows.Blob(aside.Item), aside.Path, nowMs });

    private static void Forget(SqliteConnection db, Aside aside) => db.Execute(
        "DELETE FROM store_aside WHERE volume = @volume AND name = @Name",
        new { volume = aside.Volume.ToString(), aside.Name });

    /// <summary>A rename that both folders remember after a power cut, and that takes no other file's place.</summary>
    private static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: false);
        DurableFile.SyncDirectory(Path.GetDirectoryName(to)!);
        DurableFile.SyncDirectory(Path.GetDirectoryName(from)!);
    }

    private static string NameFor(string folder, ItemId item)
    {
        for (var n = 0; ; n++)
            if (FileStat.Of(Path.Combine(folder, $"{item}.{n}")) is null) return $"{item}.{n}";
    }

    private sealed record Aside(VolumeId Volume, string Name, ItemId Item, string Path);
}
