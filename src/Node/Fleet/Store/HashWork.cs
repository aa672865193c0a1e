using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>How far hashing has come.</summary>
/// <param name="Files">Of which nothing is known yet.</param>
public sealed record HashProgress(long Files, long Bytes, long DoneBytes);

/// <summary>
/// Reads files and hashes them, one at a time and not faster than the owner set. What was hashed stays hashed: a
/// restart goes on at the last whole piece that was noted.
/// </summary>
public sealed class HashWork(
    Database database, LogWriter writer, Volumes volumes, ItemStore store, ClientFiles torrents, NodeOptions options,
    TimeProvider time, ILogger<HashWork> log)
{
    // Noted this often at least: what a restart reads again.
    private const long NotedBytes = 256L * 1024 * 1024;

    private const int CandidatesMax = 64;

    public HashProgress Progress()
    {
        using var db = database.OpenReader();
        var (files, bytes, done) = StoreRows.Unhashed(db);
        return new HashProgress(files, bytes, done);
    }

    /// <summary>Hashes the next file that needs it; false where none does, or none can be read now.</summary>
    public async Task<bool> NextAsync(CancellationToken cancellation)
    {
        var present = volumes.All.Select(v => v.Id).Where(v => volumes.Look(v) is { IsPresent: true }).ToList();
        IReadOnlyList<StoredFile> candidates;
        using (var db = database.OpenReader())
            candidates = StoreRows.ToHash(
                db, present, time.GetUtcNow().ToUnixTimeMilliseconds(), torrents.WasTold, CandidatesMax);
        foreach (var file in candidates)
        {
            if (volumes.Look(file.Volume) is not { IsPresent: true } sight) continue;
            try
            {
                if (await HashAsync(file, sight.Volume, cancellation)) return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                NodeLog.FileNotRead(log);
            }
        }

        return false;
    }

    /// <summary>False where the file is another by now.</summary>
    private async Task<bool> HashAsync(StoredFile file, LocalVolume volume, CancellationToken cancellation)
    {
        var full = Path.Combine(volume.Root, file.Path);
        if (!IsSame(file, full, volume)) return false;
        var pieceLength = PieceLayer.PieceLengthOf(file.SizeBytes);
        var hashes = Begun(file, pieceLength);
        var doneBytes = Math.Min(file.SizeBytes, hashes.Count / Hash256.Size * (long)pieceLength);
        var notedBytes = doneBytes;
        using var handle = File.OpenHandle(
            full, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.SequentialScan);
        var piece = new byte[(int)Math.Min(pieceLength, file.SizeBytes)];
        var pace = new Pace(options.FleetHashBytesPerSecond, time);
        while (doneBytes < file.SizeBytes)
        {
            var take = piece.AsMemory(0, (int)Math.Min(pieceLength, file.SizeBytes - doneBytes));
            if (!await FileBytes.FillAsync(handle, take, doneBytes, cancellation)) return false;
            hashes.AddRange(PieceLayer.HashOf(take.Span, file.SizeBytes, pieceLength).ToArray());
            doneBytes += take.Length;
            if (doneBytes - notedBytes >= NotedBytes && doneBytes < file.SizeBytes)
            {
                await NoteAsync(file, doneBytes, [.. hashes], cancellation);
                notedBytes = doneBytes;
            }

            await pace.TakeAsync(take.Length, cancellation);
        }

        // Written to while it was read, or a disk that went: the next scan sees what it is.
        if (!IsSame(file, full, volume) || volumes.Look(file.Volume) is not { IsPresent: true }) return false;
        var layer = PieceLayer.TryRead(file.SizeBytes, pieceLength, [.. hashes])!;
        await EndAsync(file, layer, cancellation);
        return true;
    }

    private async Task EndAsync(StoredFile file, PieceLayer layer, CancellationToken cancellation)
    {
        await store.Changing.WaitAsync(cancellation);
        try
        {
            StoredFile? now;
            using (var db = database.OpenReader()) now = StoreRows.FileAt(db, file.Volume, file.Path);
            // Renamed or set aside meanwhile.
            if (now is null || now.Inode != file.Inode || now.ModifiedNs != file.ModifiedNs) return;
            if (file.Item is { } item && item != layer.Item)
            {
                NodeLog.ItemRotten(log, item.ToString());
                await store.RottenAsync(file, cancellation);
                return;
            }

            await store.HashedAsync(file, layer, cancellation);
        }
        finally
        {
            store.Changing.Release();
        }
    }

    private List<byte> Begun(StoredFile file, int pieceLength)
    {
        using var db = database.OpenReader();
        var hashes = file.DoneBytes > 0 ? StoreRows.HashesOf(db, file) : null;
        return hashes is not null && hashes.Length == file.DoneBytes / pieceLength * Hash256.Size ? [.. hashes] : [];
    }

    private Task NoteAsync(StoredFile file, long doneBytes, byte[] hashes, CancellationToken cancellation) =>
        writer.OnWriterAsync(db => StoreRows.Progress(db, file, doneBytes, hashes), cancellation);

    private static bool IsSame(StoredFile file, string full, LocalVolume volume) =>
        FileStat.Of(full) is { } stat && file.IsSameAs(stat) && Volumes.IsWithin(RealPath.Of(full), volume.Root);
}
