using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>How far a copy has come.</summary>
public readonly record struct CopyProgress(long Bytes, long BytesAll);

/// <summary>Fetches an item onto a volume of this device by HTTP ranges. Nothing is changed at its sources.</summary>
/// <remarks>
/// Every piece is compared with the item's hashes before it is written, and the whole is read back from disk before it
/// gets its name: only then does this device say that it holds the item. The process may end at any moment.
/// </remarks>
public sealed class CopyPull(
    Database database, LogWriter writer, ItemStore store, Volumes volumes, Traffic traffic, SourceBans bans,
    CarrierMeters meters, NodeOptions options, TimeProvider time, ILogger<CopyPull> log)
{
    /// <summary>Where copies go on a volume.</summary>
    public const string Folder = "Anarchive";

    // Asked for at once, and what a broken connection costs at most.
    private const int RunBytes = 4 * 1024 * 1024;

    private const int RoundsMax = 2;

    // A busy source says how long to wait; one that is busy for longer than this is as good as none.
    private const int WaitsMax = 20;

    /// <summary>Returns once the item is on the volume, checked and durable; where it is already, at once.</summary>
    /// <exception cref="CarrierException">
    /// <c>no_source</c>, <c>no_room</c>, <c>daily_cap</c>, or why the volume is absent; what came so far stays.
    /// </exception>
    public async Task<StoredCopy> FetchAsync(
        ItemId item, VolumeId volume, IReadOnlyList<ItemSource> sources, IProgress<CopyProgress>? progress,
        CancellationToken cancellation)
    {
        if (store.Find(item, volume) is { } here) return here;
        if (await ResumedAsync(item, volume, cancellation) is { } resumed) return resumed;
        for (var round = 0; round < RoundsMax; round++)
            foreach (var source in sources.Where(s => !bans.IsBanned(s.Node)))
                try
                {
                    return await FromAsync(item, volume, source, progress, cancellation);
                }
                catch (PeerException gone)
                {
                    NodeLog.PieceNotGiven(log, source.Node, gone.Code);
                }

        throw CopyFailures.NoSource();
    }

    /// <summary>The volume, with room for so many bytes more.</summary>
    internal VolumeSight Room(VolumeId volume, long bytes)
    {
        var sight = volumes.Look(volume) ?? throw CopyFailures.Absent(VolumeAbsence.RootMissing);
        if (sight.Absence is { } cause) throw CopyFailures.Absent(cause);
        return bytes <= sight.RoomBytes ? sight : throw CopyFailures.NoRoom();
    }

    /// <summary>Gives a file that is whole on disk its name, and has this device hold it.</summary>
    internal async Task<StoredCopy> KeepAsync(
        CopyDraft draft, VolumeId volume, string name, CancellationToken cancellation)
    {
        await store.Changing.WaitAsync(cancellation);
        try
        {
            var sight = Room(volume, 0);
            var folder = Path.Combine(sight.Volume.Root, Folder);
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                DurableFile.SyncDirectory(sight.Volume.Root);
            }

            var item = draft.Layer.Item;
            var place = FileNames.Free(Path.Combine(folder, FileNames.Tidy(name, item.ToString())));
            await NoteAsync(draft.Layer, volume, Path.GetRelativePath(sight.Volume.Root, place), cancellation);
            File.Move(draft.Path, place, overwrite: false);
            DurableFile.SyncDirectory(folder);
            DurableFile.SyncDirectory(Path.GetDirectoryName(draft.Path)!);
            return await HoldAsync(draft.Layer, sight.Volume, place, cancellation);
        }
        finally
        {
            store.Changing.Release();
        }
    }

    /// <summary>Fetches what is missing of a draft, and leaves it to its caller to have it on disk.</summary>
    internal async Task PiecesAsync(
        CopyDraft draft, VolumeId volume, ItemSource source, ItemClient client, string transfer,
        IProgress<CopyProgress>? progress, CancellationToken cancellation)
    {
        var sizeBytes = draft.Layer.SizeBytes;
        Room(volume, sizeBytes - draft.HaveBytes);
        var job = new Job(draft, volume, source, client, transfer, new Pace(options.FleetCopyBytesPerSecond, time));
        progress?.Report(new CopyProgress(draft.HaveBytes, sizeBytes));
        while (!draft.Have.IsWhole)
        {
            await RunAsync(job, cancellation);
            progress?.Report(new CopyProgress(draft.HaveBytes, sizeBytes));
        }
    }

    private async Task<StoredCopy> FromAsync(
        ItemId item, VolumeId volume, ItemSource source, IProgress<CopyProgress>? progress,
        CancellationToken cancellation)
    {
        var client = source.Client();
        var offer = await client.OfferAsync(item, cancellation);
        var layer = await client.LayerAsync(item, offer, cancellation);
        using var draft = await CopyDraft.OpenAsync(Room(volume, 0).Volume, layer, cancellation);
        await PiecesAsync(draft, volume, source, client, offer.Token, progress, cancellation);
        // A disk that loses what it took: nothing of it is believed.
        if (!await draft.SettleAsync(cancellation)) throw CopyFailures.NoSource();
        var copy = await KeepAsync(draft, volume, offer.Name, cancellation);
        NodeLog.CopyCame(log, item.ToString(), source.Node.ToString());
        return copy;
    }

    /// <summary>Fetches the next pieces that are missing in a row.</summary>
    private async Task RunAsync(Job job, CancellationToken cancellation)
    {
        var layer = job.Draft.Layer;
        var first = Enumerable.Range(0, layer.Count).First(i => !job.Draft.Have.Has(i));
        var bytes = layer.LengthOf(first);
        var end = first + 1;
        while (end < layer.Count && !job.Draft.Have.Has(end) && bytes + layer.LengthOf(end) <= RunBytes)
            bytes += layer.LengthOf(end++);
        Room(job.Volume, bytes);
        if (traffic.LeftBytes() < bytes) throw CopyFailures.Capped();
        var buffer = new byte[bytes];
        await AskAsync(job, (long)first * layer.PieceLength, buffer, cancellation);
        await traffic.NoteAsync(bytes, cancellation);
        for (var (piece, at) = (first, 0); piece < end; at += layer.LengthOf(piece++))
        {
            if (job.Draft.Take(piece, buffer.AsSpan(at, layer.LengthOf(piece)))) continue;
            meters.Wrong();
            var length = bans.Charge(job.Source.Node);
            NodeLog.WrongPiece(log, job.Source.Node, (int)length.TotalHours);
            throw PeerException.Malformed();
        }

        meters.Fetched(bytes);
        await job.Pace.TakeAsync(bytes, cancellation);
    }

    private async Task AskAsync(Job job, long offset, Memory<byte> into, CancellationToken cancellation)
    {
        for (var waits = 0; ; waits++)
        {
            try
            {
                await job.Client.RangeAsync(job.Draft.Layer.Item, job.Transfer, offset, into, cancellation);
                return;
            }
            catch (PeerException busy) when (busy.Failure == Failure.Throttled && waits < WaitsMax)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(busy.RetryMs), time, cancellation);
            }
        }
    }

    /// <summary>What a process that ended had named already: hashed again, and held.</summary>
    private async Task<StoredCopy?> ResumedAsync(ItemId item, VolumeId volume, CancellationToken cancellation)
    {
        var sight = Room(volume, 0);
        string? place;
        using (var db = database.OpenReader())
            place = db.QueryFirstOrDefault<string?>(
                "SELECT place FROM store_copies WHERE item = @item AND volume = @volume",
                new { item = StoreRows.Blob(item), volume = volume.ToString() });
        if (place is null || store.LayerOf(item) is not { } layer) return null;
        var full = Path.Combine(sight.Volume.Root, place);
        if (FileStat.Of(full) is not { IsFile: true } stat || stat.SizeBytes != layer.SizeBytes) return null;
        using (var file = File.OpenHandle(full, options: FileOptions.SequentialScan))
            if (!(await FileBytes.VerifyAsync(file, layer, cancellation)).IsWhole) return null;
        await store.Changing.WaitAsync(cancellation);
        try
        {
            return await HoldAsync(layer, sight.Volume, full, cancellation);
        }
        finally
        {
            store.Changing.Release();
        }
    }

    private async Task<StoredCopy> HoldAsync(
        PieceLayer layer, LocalVolume volume, string place, CancellationToken cancellation)
    {
        var stat = FileStat.Of(place) ?? throw new IOException("What was named just now is not there.");
        var file = new StoredFile(
            volume.Id, Path.GetRelativePath(volume.Root, place), stat.Inode, stat.SizeBytes, stat.ModifiedNs,
            IsSettled: true, 0, IsRotten: false, null, 0);
        await store.HashedAsync(file, layer, cancellation);
        return new StoredCopy(layer.Item, volume, place, Path.GetFileName(place), layer.SizeBytes);
    }

    /// <summary>Noted before the rename, so that a restart finds the file by its name.</summary>
    private Task<int> NoteAsync(
        PieceLayer layer, VolumeId volume, string place, CancellationToken cancellation) => writer.OnWriterAsync(
        db =>
        {
            StoreRows.Put(db, layer);
            return db.Execute(
                """
                INSERT OR IGNORE INTO store_folders (volume, path) VALUES (@volume, @Folder);
                INSERT INTO store_copies (item, volume, state, place, asked_ms)
                VALUES (@item, @volume, 'running', @place, @nowMs)
                ON CONFLICT (item, volume) DO UPDATE SET place = @place
                """,
                new
                {
                    item = StoreRows.Blob(layer.Item),
                    volume = volume.ToString(),
                    Folder,
                    place,
                    nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
                });
        },
        cancellation);

    private sealed record Job(
        CopyDraft Draft, VolumeId Volume, ItemSource Source, ItemClient Client, string Transfer, Pace Pace);
}
