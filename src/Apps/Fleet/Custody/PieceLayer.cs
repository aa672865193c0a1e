using System.Numerics;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>
/// The hashes of a file's pieces, each the root of that piece's part of the file's SHA-256 tree (BEP 52, "piece
/// layers"); a file of one piece has its root alone.
/// </summary>
/// <remarks>Whoever holds it can check every piece by itself as it comes.</remarks>
public sealed class PieceLayer
{
    private const int Kibi = 1024;
    private const int Mebi = 1024 * Kibi;

    /// <summary>Of a list: as many pieces as a terabyte has, and then some.</summary>
    public const int BytesMax = 4 * Mebi;

    private readonly Hash256[] _hashes;

    private PieceLayer(long sizeBytes, int pieceLength, Hash256[] hashes)
    {
        (SizeBytes, PieceLength, _hashes) = (sizeBytes, pieceLength, hashes);
        Root = hashes.Length == 1 ? hashes[0] : PiecesRoot.Over(hashes, Levels(pieceLength));
    }

    /// <summary>Of the file; at least 1.</summary>
    public long SizeBytes { get; }

    /// <summary>Bytes of every piece but the last.</summary>
    public int PieceLength { get; }

    /// <summary>Of the whole file; the same whatever the length of pieces.</summary>
    public Hash256 Root { get; }

    public ItemId Item => ItemId.Of(SizeBytes, Root);

    public int Count => _hashes.Length;

    /// <summary>256 KiB for files of up to 256 MiB, 1 MiB up to 4 GiB, 4 MiB up to 64 GiB, then 16 MiB.</summary>
    public static int PieceLengthOf(long sizeBytes) => sizeBytes switch
    {
        <= 256L * Mebi => 256 * Kibi,
        <= 4096L * Mebi => Mebi,
        <= 65536L * Mebi => 4 * Mebi,
        _ => 16 * Mebi,
    };

    public static long CountOf(long sizeBytes, int pieceLength) => (sizeBytes - 1) / pieceLength + 1;

    /// <summary>The hash of a piece that lies in a file of that size.</summary>
    public static Hash256 HashOf(ReadOnlySpan<byte> piece, long sizeBytes, int pieceLength)
    {
        var tree = new PiecesRoot();
        tree.Add(piece);
        return tree.Root(sizeBytes > pieceLength ? Levels(pieceLength) : 0);
    }

    /// <summary>Reads 32 bytes for each piece in order; null where they cannot be those of such a file.</summary>
    public static PieceLayer? TryRead(long sizeBytes, int pieceLength, ReadOnlySpan<byte> hashes)
    {
        if (sizeBytes < 1 || pieceLength < PiecesRoot.BlockBytes || !BitOperations.IsPow2(pieceLength)) return null;
        if (hashes.Length > BytesMax || hashes.Length != CountOf(sizeBytes, pieceLength) * Hash256.Size) return null;
        var read = new Hash256[hashes.Length / Hash256.Size];
        for (var i = 0; i < read.Length; i++) read[i] = new Hash256(hashes.Slice(i * Hash256.Size, Hash256.Size));
        return new PieceLayer(sizeBytes, pieceLength, read);
    }

    /// <summary>Bytes of one piece.</summary>
    public int LengthOf(int piece) =>
        (int)Math.Min(PieceLength, SizeBytes - (long)piece * PieceLength);

    /// <summary>True for exactly that piece's bytes.</summary>
    public bool Matches(int piece, ReadOnlySpan<byte> bytes) =>
        bytes.Length == LengthOf(piece) && HashOf(bytes, SizeBytes, PieceLength) == _hashes[piece];

    public byte[] ToBytes()
    {
        var bytes = new byte[_hashes.Length * Hash256.Size];
        for (var i = 0; i < _hashes.Length; i++) _hashes[i].CopyTo(bytes.AsSpan(i * Hash256.Size));
        return bytes;
    }

    private static int Levels(int pieceLength) => BitOperations.Log2((uint)(pieceLength / PiecesRoot.BlockBytes));
}
