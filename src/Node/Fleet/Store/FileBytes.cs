using System.Security.Cryptography;
using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Win32.SafeHandles;

namespace Anarchive.Node;

/// <summary>A range of a file.</summary>
public readonly record struct ByteRange(long From, long Length);

/// <summary>Reads files in whole buffers.</summary>
internal static class FileBytes
{
    private const int BufferBytes = 256 * 1024;

    // At most 64 MiB are read for a lock, at the longest pieces.
    private const int PiecesRead = 4;

    /// <summary>False where the file ends before the buffer is full.</summary>
    public static async Task<bool> FillAsync(
        SafeFileHandle file, Memory<byte> into, long offset, CancellationToken cancellation)
    {
        for (var filled = 0; filled < into.Length;)
        {
            var read = await RandomAccess.ReadAsync(file, into[filled..], offset + filled, cancellation);
            if (read == 0) return false;
            filled += read;
        }

        return true;
    }

    /// <summary>
    /// SHA-256 over a nonce and the bytes of ranges in their order: who answers with it has just read them. Null where
    /// one lies outside the file.
    /// </summary>
    public static async Task<Hash256?> DigestAsync(
        string path, Hash256 nonce, IReadOnlyList<ByteRange> ranges, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(nonce.ToArray());
        var buffer = new byte[BufferBytes];
        foreach (var range in ranges)
        {
            for (var done = 0L; done < range.Length;)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, range.Length - done));
                if (!await FillAsync(file, part, range.From + done, cancellation)) return null;
                digest.AppendData(part.Span);
                done += part.Length;
            }
        }

        return new Hash256(digest.GetHashAndReset());
    }

    /// <summary>The hashes of a file's pieces, all of it read now; null where it is shorter than that.</summary>
    public static async Task<PieceLayer?> LayerAsync(string path, long sizeBytes, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var pieceLength = PieceLayer.PieceLengthOf(sizeBytes);
        var hashes = new List<byte>();
        var buffer = new byte[Math.Min(pieceLength, sizeBytes)];
        for (var done = 0L; done < sizeBytes;)
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, sizeBytes - done));
            if (!await FillAsync(file, piece, done, cancellation)) return null;
            hashes.AddRange(PieceLayer.HashOf(piece.Span, sizeBytes, pieceLength).ToArray());
            done += piece.Length;
        }

        return PieceLayer.TryRead(sizeBytes, pieceLength, [.. hashes]);
    }

    /// <summary>Which pieces of a file are those of a layer; a file that is shorter has fewer.</summary>
    public static Task<PieceSet> VerifyAsync(
        SafeFileHandle file, PieceLayer layer, CancellationToken cancellation) =>
        VerifyAsync(file, layer, null, cancellation);

    /// <summary>As above, not faster than a pace.</summary>
    public static async Task<PieceSet> VerifyAsync(
        SafeFileHandle file, PieceLayer layer, Pace? pace, CancellationToken cancellation)
    {
        var have = new PieceSet(layer.Count);
        var piece = new byte[Math.Min(layer.PieceLength, layer.SizeBytes)];
        for (var i = 0; i < layer.Count; i++)
        {
            var bytes = piece.AsMemory(0, layer.LengthOf(i));
            if (!await FillAsync(file, bytes, (long)i * layer.PieceLength, cancellation)) break;
            if (layer.Matches(i, bytes.Span)) have.Add(i);
            if (pace is not null) await pace.TakeAsync(bytes.Length, cancellation);
        }

        return have;
    }

    /// <summary>Reads pieces now that nobody could foresee, of few pieces all; false where one is not right.</summary>
    public static async Task<bool> AreRandomPiecesRightAsync(
        string path, PieceLayer layer, CancellationToken cancellation)
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[Math.Min(layer.PieceLength, layer.SizeBytes)];
            foreach (var piece in RandomPieces(layer))
            {
                var bytes = buffer.AsMemory(0, layer.LengthOf(piece));
                if (!await FillAsync(file, bytes, (long)piece * layer.PieceLength, cancellation)
                    || !layer.Matches(piece, bytes.Span))
                    return false;
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Of few pieces all, of many some.</summary>
    public static IEnumerable<int> RandomPieces(PieceLayer layer) => layer.Count <= PiecesRead
        ? Enumerable.Range(0, layer.Count)
        : Enumerable.Range(0, PiecesRead).Select(_ => RandomNumberGenerator.GetInt32(layer.Count));
}
