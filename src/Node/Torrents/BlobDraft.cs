using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A file that is coming: its verified pieces, and where they are written.</summary>
/// <remarks>Pieces may be taken from several threads at once. Disposing keeps what has come.</remarks>
public sealed class BlobDraft : IDisposable
{
    private readonly FileStream _file;
    private readonly string _part;
    private readonly string _whole;
    private long _bytes;
    private bool _isClosed;

    private BlobDraft(Metainfo what, FileStream file, string part, string whole)
    {
        (Metainfo, _file, _part, _whole) = (what, file, part, whole);
        Have = new PieceSet(what.PieceCount);
    }

    public Metainfo Metainfo { get; }

    /// <summary>The pieces that are here and were compared with their hashes.</summary>
    public PieceSet Have { get; }

    public long MissingBytes => Metainfo.Length - Interlocked.Read(ref _bytes);

    internal Action? Closed { get; set; }

    /// <summary>Writes a piece; false, and nothing is written, where it is not that piece.</summary>
    /// <exception cref="CarrierException"><c>no_room</c>: the disk is full.</exception>
    public bool Take(int piece, ReadOnlySpan<byte> bytes)
    {
        if (!Metainfo.Matches(piece, bytes)) return false;
        if (Have.Has(piece)) return true;
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, (long)piece * Metainfo.PieceLength);
        }
        catch (IOException full) when (full.HResult == DataDirectory.NoSpace)
        {
            throw CarrierException.NoRoom(full);
        }

        if (Have.Add(piece)) Interlocked.Add(ref _bytes, bytes.Length);
        return true;
    }

    /// <summary>Checks the whole and gives it its name; durable when it returns.</summary>
    /// <param name="sha256">What the whole must hash to: SHA-1 alone proves little. Null where nobody said.</param>
    /// <exception cref="CarrierException"><c>blob_mismatch</c>: it is another file, and was deleted.</exception>
    public async Task FinishAsync(Hash256? sha256, CancellationToken cancellation)
    {
        if (!Have.IsWhole) throw new InvalidOperationException("Pieces are missing.");
        _file.SetLength(Metainfo.Length);
        _file.Flush(flushToDisk: true);
        if (sha256 is { } expected)
        {
            _file.Seek(0, SeekOrigin.Begin);
            if (new Hash256(await SHA256.HashDataAsync(_file, cancellation)) != expected)
            {
                File.Delete(_part);
                Dispose();
                throw Mismatch();
            }
        }

        // Clients are shown this folder, and nothing else of the shelf.
        DataDirectory.CreatePrivate(Path.GetDirectoryName(_whole)!);
        EditionFiles.Publish(_part, _whole);
        DurableFile.SyncDirectory(Path.GetDirectoryName(_part)!);
        Dispose();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, true)) return;
        _file.Dispose();
        Closed?.Invoke();
    }

    internal static CarrierException Mismatch() =>
        new("blob_mismatch", "The file is not what its description says, and was dropped.");

    internal static async Task<BlobDraft> OpenAsync(
        Metainfo what, string part, string whole, CancellationToken cancellation)
    {
        var draft = new BlobDraft(what, EditionFiles.Create(part, FileMode.OpenOrCreate), part, whole);
        var isVerified = false;
        try
        {
            await draft.VerifyAsync(cancellation);
            isVerified = true;
            return draft;
        }
        finally
        {
            if (!isVerified) draft.Dispose();
        }
    }

    internal void Report(IProgress<FetchProgress>? progress) => progress?.Report(new FetchProgress(
        Have.Held, Have.Count, Interlocked.Read(ref _bytes), Metainfo.Length));

    private async Task VerifyAsync(CancellationToken cancellation)
    {
        var buffer = new byte[Metainfo.PieceLength];
        for (var piece = 0; piece < Metainfo.PieceCount; piece++)
        {
            var offset = (long)piece * Metainfo.PieceLength;
            if (offset >= _file.Length) return;
            var read = await RandomAccess.ReadAsync(
                _file.SafeFileHandle, buffer.AsMemory(0, Metainfo.LengthOfPiece(piece)), offset, cancellation);
            if (Metainfo.Matches(piece, buffer.AsSpan(0, read)) && Have.Add(piece)) _bytes += read;
        }
    }
}
