using Dapper;

namespace Anarchive.Node;

/// <summary>Lays a copy where a torrent client looks for a file. Its caller has proven that it is that file.</summary>
/// <remarks>
/// A copy that the node fetched, on the same volume, is moved and stays an item there; any other stays where it is, and
/// its bytes are copied. What the client had of the file is replaced by all of it.
/// </remarks>
public sealed class FillPlace(LogWriter writer, ItemStore store, Volumes volumes, ClientFiles torrents)
{
    private const string Suffix = ".anarchive";

    /// <summary>Durable when it returns: null, or <c>no_room</c>, or why the volume is absent.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    internal async Task<string?> LayAsync(
        StoredCopy copy, TorrentFile file, string infoHash, CancellationToken cancellation)
    {
        var target = TargetOf(file);
        var folder = Path.GetDirectoryName(target)!;
        var volume = volumes.All.FirstOrDefault(v => Volumes.IsWithin(RealPath.Of(folder), v.Root));
        if (volume is not null && volumes.Look(volume.Id) is { Absence: { } absence }) return absence;
        Directory.CreateDirectory(folder);
        // It lies there already, and the client has not looked.
        if (FileStat.Of(target) is { } there && FileStat.Of(copy.FullPath) is { } bytes && there.IsSameAs(bytes))
            return null;
        await store.Changing.WaitAsync(cancellation);
        try
        {
            // Looked at again: it may have gone meanwhile.
            if (store.Find(copy.Item, copy.Volume.Id) is not { } now || now.FullPath != copy.FullPath) return "gone";
            if (volume?.Id == copy.Volume.Id && MayMove(copy, folder, infoHash))
            {
                await MoveAsync(copy, volume, target, cancellation);
                return null;
            }
        }
        finally
        {
            store.Changing.Release();
        }

        return CopyTo(copy, volume, target);
    }

    /// <summary>Where the client has a part of it, or will look for one.</summary>
    private static string TargetOf(TorrentFile file) =>
        new[] { file.FullPath, file.PartPath, file.FullPath + ".part" }
            .FirstOrDefault(p => FileStat.Of(p) is { IsFile: true }) ?? file.PartPath;

    private static void Replace(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        DurableFile.SyncDirectory(Path.GetDirectoryName(to)!);
    }

    /// <summary>A file that its owner put somewhere stays there, and so does one that another torrent has.</summary>
    private bool MayMove(StoredCopy copy, string folder, string infoHash)
    {
        if (Path.GetDirectoryName(copy.FullPath) != Path.Combine(copy.Volume.Root, CopyPull.Folder)) return false;
        if (FileStat.Of(copy.FullPath) is not { } stat || FileStat.Of(folder)?.Device != stat.Device) return false;
        return torrents.IsKnown && stat.Links == 1
            && torrents.ReferencesTo(copy.FullPath, stat).All(r => r.Owner == infoHash);
    }

    private async Task MoveAsync(
        StoredCopy copy, LocalVolume volume, string target, CancellationToken cancellation)
    {
        var real = Path.Combine(RealPath.Of(Path.GetDirectoryName(target)!), Path.GetFileName(target));
        var (from, to) = (Path.GetRelativePath(volume.Root, copy.FullPath), Path.GetRelativePath(volume.Root, real));
        Replace(copy.FullPath, real);
        DurableFile.SyncDirectory(Path.GetDirectoryName(copy.FullPath)!);
        // Where the process ends here, the next scan finds it by its inode.
        await writer.OnWriterAsync(
            db =>
            {
                if (StoreRows.FileAt(db, volume.Id, from) is { } file) StoreRows.Move(db, file, to);
                return db.Execute(
                    "UPDATE store_copies SET place = @to WHERE item = @item AND volume = @volume",
                    new { to, item = StoreRows.Blob(copy.Item), volume = volume.Id.ToString() });
            },
            cancellation);
    }

    private string? CopyTo(StoredCopy copy, LocalVolume? volume, string target)
    {
        var room = volume is null
            ? volumes.Room(Path.GetDirectoryName(target)!).FreeBytes
            : volumes.Look(volume.Id)?.RoomBytes ?? 0;
        if (room < copy.SizeBytes) return "no_room";
        var draft = target + Suffix;
        try
        {
            // Where the file system can, without a second set of bytes.
            File.Copy(copy.FullPath, draft, overwrite: true);
            using (var written = File.OpenHandle(draft, FileMode.Open, FileAccess.ReadWrite))
                RandomAccess.FlushToDisk(written);
            Replace(draft, target);
        }
        finally
        {
            File.Delete(draft);
        }

        return null;
    }
}
