using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Files that travel as torrents, in the data directory: <c>blobs/IH.torrent</c> describes one, <c>blobs/IH/NAME</c> is
/// it, <c>blobs/IH.part</c> what has come of it so far.
/// </summary>
/// <remarks>
/// A file has its name only once all of it was checked and is on disk, so the process may end at any moment: nothing of
/// a part is believed before it was hashed again. Safe from any thread; one draft of a file is open at a time.
/// </remarks>
public sealed class BlobShelf : IDisposable
{
    private const string Described = ".torrent";

    private readonly string _root;
    private readonly Func<string, DiskRoom> _room;
    private readonly ConcurrentDictionary<Hash160, Metainfo> _known = new();
    private readonly ConcurrentDictionary<Hash160, BlobDraft> _drafts = new();
    private readonly ConcurrentDictionary<Hash160, SemaphoreSlim> _one = new();

    public BlobShelf(DataDirectory directory)
        : this(Path.Combine(directory.Root, "blobs"), DiskRoom.Of)
    {
    }

    internal BlobShelf(string root, Func<string, DiskRoom> room)
    {
        (_root, _room) = (root, room);
        DataDirectory.CreatePrivate(_root);
        foreach (var path in Directory.EnumerateFiles(_root, "*" + Described))
            if (Hash160.TryParse(Path.GetFileNameWithoutExtension(path), out var ih)
                && Metainfo.Read(File.ReadAllBytes(path), out _) is { } read && read.InfoHash == ih)
                _known[ih] = read;
    }

    /// <summary>Every file that was described to this node, here or not.</summary>
    public IReadOnlyCollection<Metainfo> Known => [.. _known.Values];

    public Metainfo? Find(Hash160 ih) => _known.GetValueOrDefault(ih);

    /// <summary>Where the file is, once it is here whole.</summary>
    public string? PathOf(Hash160 ih) =>
        Find(ih) is { } what && Whole(what) is var path && File.Exists(path) ? path : null;

    /// <summary>The folder in which a client finds the file under its torrent's name.</summary>
    public string FolderOf(Hash160 ih) => Path.Combine(_root, ih.ToString());

    /// <summary>Which of its pieces may be read here; null where none may.</summary>
    public PieceSet? PiecesOf(Hash160 ih)
    {
        if (PathOf(ih) is not null) return PieceSet.Whole(Find(ih)!.PieceCount);
        return _drafts.TryGetValue(ih, out var draft) ? draft.Have : null;
    }

    /// <summary>A piece that is here; null where it is not.</summary>
    public async Task<byte[]?> ReadAsync(Metainfo what, int piece, CancellationToken cancellation)
    {
        var path = PathOf(what.InfoHash);
        if (path is null && PiecesOf(what.InfoHash)?.Has(piece) != true) return null;
        var bytes = new byte[what.LengthOfPiece(piece)];
        try
        {
            using var file = File.OpenHandle(
                path ?? Part(what.InfoHash), share: FileShare.ReadWrite | FileShare.Delete);
            var at = (long)piece * what.PieceLength;
            return await RandomAccess.ReadAsync(file, bytes, at, cancellation) == bytes.Length ? bytes : null;
        }
        catch (Exception moved) when (moved is FileNotFoundException or DirectoryNotFoundException)
        {
            // The part got its name in the meantime, or was dropped.
            return path is null && PathOf(what.InfoHash) is not null
                ? await ReadAsync(what, piece, cancellation)
                : null;
        }
    }

    /// <summary>True where a tenth of the disk is still free with so many bytes more.</summary>
    public bool HasRoom(long bytes) => _room(_root).Takes(bytes);

    /// <summary>Remembers a description; durable when it returns.</summary>
    public void Describe(Metainfo what)
    {
        if (_known.ContainsKey(what.InfoHash)) return;
        DurableFile.Replace(Path.Combine(_root, what.InfoHash + Described), what.Bare());
        _known[what.InfoHash] = what;
    }

    /// <summary>Goes on with a file: what is here of it is hashed first. Null where it is whole.</summary>
    /// <remarks>Waits while another has a draft of the file open. The caller disposes it.</remarks>
    /// <exception cref="CarrierException"><c>no_room</c></exception>
    public async Task<BlobDraft?> BeginAsync(Metainfo what, CancellationToken cancellation)
    {
        Describe(what);
        var one = _one.GetOrAdd(what.InfoHash, _ => new SemaphoreSlim(1, 1));
        await one.WaitAsync(cancellation);
        BlobDraft? draft = null;
        try
        {
            if (PathOf(what.InfoHash) is not null) return null;
            draft = await BlobDraft.OpenAsync(what, Part(what.InfoHash), Whole(what), cancellation);
            if (!HasRoom(draft.MissingBytes)) throw CarrierException.NoRoom();
            _drafts[what.InfoHash] = draft;
            var opened = draft;
            opened.Closed = () =>
            {
                _drafts.TryRemove(what.InfoHash, out _);
                one.Release();
            };
            draft = null;
            return opened;
        }
        finally
        {
            draft?.Dispose();
            if (!_drafts.ContainsKey(what.InfoHash)) one.Release();
        }
    }

    /// <summary>Takes over a file made on this machine: copied, and checked as one that came from elsewhere.</summary>
    /// <exception cref="CarrierException"><c>no_room</c>, <c>blob_mismatch</c></exception>
    public async Task PutAsync(Metainfo what, string path, Hash256? sha256, CancellationToken cancellation)
    {
        using var draft = await BeginAsync(what, cancellation);
        if (draft is null) return;
        using var from = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var bytes = new byte[what.PieceLength];
        for (var piece = 0; piece < what.PieceCount; piece++)
        {
            if (draft.Have.Has(piece)) continue;
            var wanted = bytes.AsMemory(0, what.LengthOfPiece(piece));
            var read = await RandomAccess.ReadAsync(from, wanted, (long)piece * what.PieceLength, cancellation);
            if (!draft.Take(piece, wanted.Span[..read])) throw BlobDraft.Mismatch();
        }

        await draft.FinishAsync(sha256, cancellation);
    }

    /// <summary>Forgets a file that nobody has open as a draft, and deletes what is here of it.</summary>
    public async Task DropAsync(Hash160 ih, CancellationToken cancellation)
    {
        var one = _one.GetOrAdd(ih, _ => new SemaphoreSlim(1, 1));
        await one.WaitAsync(cancellation);
        try
        {
            _known.TryRemove(ih, out _);
            File.Delete(Path.Combine(_root, ih + Described));
            File.Delete(Part(ih));
            if (Directory.Exists(FolderOf(ih))) Directory.Delete(FolderOf(ih), recursive: true);
            DurableFile.SyncDirectory(_root);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose()
    {
        foreach (var one in _one.Values) one.Dispose();
    }

    private string Part(Hash160 ih) => Path.Combine(_root, ih + ".part");

    private string Whole(Metainfo what) => Path.Combine(FolderOf(what.InfoHash), what.Name);
}

/// <summary>How much a file system has left, and has at all.</summary>
internal readonly record struct DiskRoom(long FreeBytes, long TotalBytes)
{
    private const int ReservedPart = 10;

    public static DiskRoom Of(string directory)
    {
        var drive = new DriveInfo(directory);
        return new DiskRoom(drive.AvailableFreeSpace, drive.TotalSize);
    }

    /// <summary>True where a tenth of the whole is still free with so many bytes more.</summary>
    public bool Takes(long bytes) => FreeBytes - bytes >= TotalBytes / ReservedPart;
}
