using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>Bytes drawn by chance, and the torrent that describes them.</summary>
internal sealed class Content
{
    /// <summary>So many bytes make pieces of 256 KiB, the last of them shorter.</summary>
    public const int SomePieces = 5 * 256 * 1024 - 100;

    public Content(int length = SomePieces, int seed = 1)
    {
        Bytes = new byte[length];
        new Random(seed).NextBytes(Bytes);
        Sha256 = Hash256.Sha256(Bytes);
        Metainfo = Metainfo.Make($"intro-markers-{seed}.jsonl.br", length, new MemoryStream(Bytes), "anarchive:test");
    }

    public byte[] Bytes { get; }

    public Hash256 Sha256 { get; }

    public Metainfo Metainfo { get; }

    public Hash160 Ih => Metainfo.InfoHash;

    public ReadOnlyMemory<byte> Piece(int piece) =>
        Bytes.AsMemory(piece * Metainfo.PieceLength, Metainfo.LengthOfPiece(piece));

    /// <summary>Writes it to a file.</summary>
    public async Task<string> Save(string path, CancellationToken cancellation)
    {
        await File.WriteAllBytesAsync(path, Bytes, cancellation);
        return path;
    }
}
