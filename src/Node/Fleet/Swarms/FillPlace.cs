using System.Security.Cryptography;
using Anarchive.Fleet;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Anarchive.Node;

/// <summary>A file of a torrent, and the copy that is to be laid there.</summary>
/// <param name="Roots">The folders in which the client keeps that torrent.</param>
/// <param name="IsProven">Every piece that it is in was read, and is the torrent's.</param>
internal sealed record FillOrder(
    string InfoHash, int Place, TorrentFile File, StoredCopy Copy, IReadOnlyList<string> Roots, bool IsProven);

/// <summary>Lays a copy where a torrent client looks for a file. Its caller has compared it with the torrent.</summary>
/// <remarks>
/// A copy that the node fetched, on the same volume, is moved and stays an item there, where all of it was proven; any
/// other stays where it is, and its bytes are copied. What lay there before is kept beside it until the client has
/// checked what was laid.
/// </remarks>
public sealed class FillPlace(LogWriter writer, ItemStore store, Volumes volumes, ClientFiles torrents)
{
    private const string Draft = ".anarchive-new";
    private const string Before = ".anarchive-old";
    private const int BufferBytes = 1024 * 1024;

    /// <summary>A file that is about to get its name, or lost it for a while: it is no item.</summary>
    internal static bool IsBetween(string name) =>
        name.EndsWith(Draft, StringComparison.Ordinal) || name.EndsWith(Before, StringComparison.Ordinal);

    /// <summary>
    /// Why it cannot be laid, or null: <c>place_outside</c> where the place is not in the torrent's own folder,
    /// <c>place_taken</c> where a file is there that another needs, <c>no_room</c>, or why the volume is absent.
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal string? Refusal(FillOrder order) => Look(order).Code;

    /// <summary>Durable when it returns: null, or <c>gone</c>, or as <see cref="Refusal"/>.</summary>
    /// <param name="note">Is told what is about to be done, and keeps it before it is.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    internal async Task<string?> LayAsync(
        FillOrder order, Func<LaidFile, Task> note, CancellationToken cancellation)
    {
        var (copy, found) = (order.Copy, Look(order));
        if (found.Code is { } code) return code;
        var folder = Path.GetDirectoryName(found.Target)!;
        Directory.CreateDirectory(folder);
        // It lies there already, and the client has not looked.
        if (FileStat.Of(found.Target) is { } there && FileStat.Of(copy.FullPath) is { } bytes
            && there.IsSameAs(bytes))
        {
            await note(new LaidFile(found.Target, null, IsMoved: false));
            return null;
        }

        await store.Changing.WaitAsync(cancellation);
        try
        {
            // Looked at again: it may have gone meanwhile.
            if (store.Find(copy.Item, copy.Volume.Id) is not { } now || now.FullPath != copy.FullPath) return "gone";
            if (found is { MayMove: true, Volume: { } volume })
            {
                await SwapAsync(copy.FullPath, found.Target, isMoved: true, note);
                await MovedAsync(copy, volume, found.Target, cancellation);
                return null;
            }
        }
        finally
        {
            store.Changing.Release();
        }

        var draft = Path.Combine(folder, "." + RandomNumberGenerator.GetHexString(16, lowercase: true) + Draft);
        using (var file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.ReadWrite))
            try
            {
                await CopyAsync(copy, file, cancellation);
                await SwapAsync(draft, found.Target, isMoved: false, note);
            }
            finally
            {
                File.Delete(draft);
            }

        return null;
    }

    /// <summary>What lay there before goes: the client has more by what was laid.</summary>
    internal static void Settle(LaidFile file)
    {
        if (file.Aside is null) return;
        File.Delete(file.Aside);
    }

    /// <summary>Where the process ended before anything took the place of what is aside, that comes back.</summary>
    internal static void Mend(LaidFile file)
    {
        if (file.Aside is null || FileStat.Of(file.Aside) is null || FileStat.Of(file.Target) is not null) return;
        Rename(file.Aside, file.Target);
    }

    /// <summary>What was laid goes from there, and what lay there before comes back.</summary>
    internal void PutBack(LaidFile file)
    {
        if (file.Aside is null || FileStat.Of(file.Aside) is null) return;
        if (FileStat.Of(file.Target) is { IsFile: true })
        {
            var volume = volumes.All.FirstOrDefault(v => Volumes.IsWithin(file.Target, v.Root));
            // An item stays one, by another name: the next scan finds it by its inode.
            if (file.IsMoved && volume is not null)
            {
                var folder = Path.Combine(volume.Root, CopyPull.Folder);
                Directory.CreateDirectory(folder);
                Rename(file.Target, FileNames.Free(Path.Combine(folder, Path.GetFileName(file.Target))));
            }
            else if (!file.IsMoved) File.Delete(file.Target);
        }

        Rename(file.Aside, file.Target);
    }

    private static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: false);
        DurableFile.SyncDirectory(Path.GetDirectoryName(to)!);
        if (Path.GetDirectoryName(from) != Path.GetDirectoryName(to))
            DurableFile.SyncDirectory(Path.GetDirectoryName(from)!);
    }

    /// <summary>Noted before anything is renamed, so that <see cref="Mend"/> knows of it.</summary>
    private static async Task SwapAsync(string from, string to, bool isMoved, Func<LaidFile, Task> note)
    {
        var isTaken = FileStat.Of(to) is not null;
        var aside = isTaken
            ? Path.Combine(
                Path.GetDirectoryName(to)!, "." + RandomNumberGenerator.GetHexString(16, lowercase: true) + Before)
            : null;
        var laid = new LaidFile(to, aside, isMoved);
        await note(laid);
        if (aside is not null) Rename(to, aside);
        try
        {
            Rename(from, to);
        }
        catch
        {
            Mend(laid);
            throw;
        }
    }

    /// <summary>Where the client has a part of it, or will look for one.</summary>
    private static string TargetOf(TorrentFile file) =>
        new[] { file.PartPath, file.PartPath + ".part", file.FullPath + ".part" }
            .FirstOrDefault(p => FileStat.Of(p) is { IsFile: true }) ?? file.PartPath;

    private static string Existing(string folder)
    {
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private Found Look(FillOrder order)
    {
        var target = ClientFiles.Resolve(TargetOf(order.File), []);
        if (target is null) return new Found("", null, "place_outside");
        var volume = volumes.All.FirstOrDefault(v => Volumes.IsWithin(target, v.Root));
        if (!order.Roots.Any(root => IsIn(root, target, volume))) return new Found(target, volume, "place_outside");
        var sight = volume is null ? null : volumes.Look(volume.Id);
        if (sight?.Absence is { } absence) return new Found(target, volume, absence);
        if (volume is not null && Volumes.IsWithin(target, Path.Combine(volume.Root, VolumeMarker.Folder)))
            return new Found(target, volume, "place_outside");
        if (FileStat.Of(target) is { } there && !IsFree(order, target, there, volume))
            return new Found(target, volume, "place_taken");
        var folder = Existing(Path.GetDirectoryName(target)!);
        if (order.IsProven && volume?.Id == order.Copy.Volume.Id && MayMove(order.Copy, folder, order.InfoHash))
            return new Found(target, volume, null) { MayMove = true };
        return new Found(target, volume, HasRoom(order.Copy, folder, sight) ? null : "no_room");
    }

    /// <summary>A folder that is not there is made on a volume alone: elsewhere its disk may be unplugged.</summary>
    private static bool IsIn(string root, string target, LocalVolume? volume)
    {
        var real = RealPath.Of(root);
        return Volumes.IsWithin(Path.GetDirectoryName(target)!, real)
            && (Directory.Exists(real) || (volume is not null && Volumes.IsWithin(real, volume.Root)));
    }

    /// <summary>A link, another torrent's file and one that is an item stay: whoever needs it is asked first.</summary>
    private bool IsFree(FillOrder order, string target, FileStat there, LocalVolume? volume)
    {
        if (FileStat.Of(order.Copy.FullPath) is { } bytes && there.IsSameAs(bytes)) return true;
        if (!there.IsFile || there.Links != 1 || !torrents.IsKnown) return false;
        if (torrents.ReferencesTo(target, there).Any(r => r.Owner != order.InfoHash)) return false;
        return volume is null
            || store.FileAt(volume.Id, Path.GetRelativePath(volume.Root, target)) is not { Item: not null };
    }

    /// <summary>A file system that is no volume keeps the reserve that a volume would have.</summary>
    private bool HasRoom(StoredCopy copy, string folder, VolumeSight? sight)
    {
        if (sight is not null) return sight.RoomBytes >= copy.SizeBytes;
        var room = volumes.Room(folder);
        return room.FreeBytes - Volume.DefaultReserve(room.TotalBytes) >= copy.SizeBytes;
    }

    /// <summary>A file that its owner put somewhere stays there, and so does one that another torrent has.</summary>
    private bool MayMove(StoredCopy copy, string folder, string infoHash)
    {
        if (Path.GetDirectoryName(copy.FullPath) != Path.Combine(copy.Volume.Root, CopyPull.Folder)) return false;
        if (FileStat.Of(copy.FullPath) is not { } stat || FileStat.Of(folder)?.Device != stat.Device) return false;
        return torrents.IsKnown && stat.Links == 1
            && torrents.ReferencesTo(copy.FullPath, stat).All(r => r.Owner == infoHash);
    }

    private async Task MovedAsync(
        StoredCopy copy, LocalVolume volume, string target, CancellationToken cancellation)
    {
        var (from, to) = (Path.GetRelativePath(volume.Root, copy.FullPath), Path.GetRelativePath(volume.Root, target));
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

    private static async Task CopyAsync(StoredCopy copy, SafeFileHandle to, CancellationToken cancellation)
    {
        using var from = File.OpenHandle(
            copy.FullPath, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.SequentialScan);
        var buffer = new byte[BufferBytes];
        for (var at = 0L; ;)
        {
            var read = await RandomAccess.ReadAsync(from, buffer, at, cancellation);
            if (read == 0) break;
            await RandomAccess.WriteAsync(to, buffer.AsMemory(0, read), at, cancellation);
            at += read;
        }

        RandomAccess.FlushToDisk(to);
    }

    private sealed record Found(string Target, LocalVolume? Volume, string? Code)
    {
        public bool MayMove { get; init; }
    }
}
