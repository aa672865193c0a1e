using System.Security.Cryptography;
using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PieceLayerTests
{
    private const int Piece = 64 * 1024;

    public static TheoryData<int> Sizes =>
    [
        1, 100, 16 * 1024, 16 * 1024 + 1, Piece - 1, Piece, Piece + 1, 2 * Piece, 3 * Piece, 5 * Piece + 17,
        8 * Piece, 9 * Piece - 16 * 1024,
    ];

    [Theory, MemberData(nameof(Sizes))]
    public void A_layer_and_the_whole_file_have_one_root(int size)
    {
        var file = File(size);
        Assert.Equal(Naive(file), Layer(file).Root);
        var whole = new PiecesRoot();
        whole.Add(file);
        Assert.Equal(Naive(file), whole.Root());
    }

    [Theory, MemberData(nameof(Sizes))]
    public void The_length_of_pieces_does_not_change_which_item_it_is(int size)
    {
        var file = File(size);
        Assert.Equal(ItemId.Of(size, Naive(file)), Layer(file).Item);
        Assert.Equal(Layer(file).Item, Layer(file, 16 * 1024).Item);
        Assert.Equal(Layer(file).Item, Layer(file, 1024 * 1024).Item);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void A_piece_is_known_and_one_bit_less_is_not(int size)
    {
        var file = File(size);
        var layer = Layer(file);
        for (var i = 0; i < layer.Count; i++)
        {
            var piece = file.AsSpan(i * Piece, layer.LengthOf(i)).ToArray();
            Assert.True(layer.Matches(i, piece));
            piece[^1] ^= 1;
            Assert.False(layer.Matches(i, piece));
            Assert.False(layer.Matches(i, piece.AsSpan(1)));
        }
    }

    [Fact]
    public void A_piece_in_anothers_place_is_none()
    {
        var layer = Layer(File(3 * Piece));
        Assert.False(layer.Matches(0, File(3 * Piece).AsSpan(Piece, Piece)));
    }

    [Theory]
    [InlineData(0, Piece, 32)]
    [InlineData(-1, Piece, 32)]
    [InlineData(Piece, Piece, 0)]
    [InlineData(Piece, Piece, 64)]
    [InlineData(Piece + 1, Piece, 32)]
    [InlineData(Piece, Piece, 31)]
    [InlineData(Piece, 8 * 1024, 8 * 32)]
    [InlineData(Piece, 48 * 1024, 2 * 32)]
    [InlineData(Piece, 0, 32)]
    [InlineData(long.MaxValue, Piece, 32)]
    public void What_cannot_be_a_files_layer_is_refused(long size, int pieceLength, int bytes) =>
        Assert.Null(PieceLayer.TryRead(size, pieceLength, new byte[bytes]));

    [Fact]
    public void A_layer_is_read_as_it_was_written()
    {
        var layer = Layer(File(5 * Piece));
        var read = PieceLayer.TryRead(layer.SizeBytes, layer.PieceLength, layer.ToBytes());
        Assert.Equal(layer.Root, read!.Root);
    }

    [Fact]
    public void A_terabyte_fits_a_layer() =>
        Assert.InRange(PieceLayer.CountOf(1L << 40, PieceLayer.PieceLengthOf(1L << 40)) * 32, 1, PieceLayer.BytesMax);

    private static PieceLayer Layer(byte[] file, int pieceLength = Piece)
    {
        var hashes = file.Chunk(pieceLength)
            .SelectMany(p => PieceLayer.HashOf(p, file.Length, pieceLength).ToArray()).ToArray();
        return PieceLayer.TryRead(file.Length, pieceLength, hashes)!;
    }

    /// <summary>BEP 52 as it is written: all leaves at once, filled up with zeros to a power of two.</summary>
    private static Hash256 Naive(byte[] file)
    {
        var level = file.Chunk(PiecesRoot.BlockBytes).Select(SHA256.HashData).ToList();
        while (!System.Numerics.BitOperations.IsPow2(level.Count)) level.Add(new byte[32]);
        while (level.Count > 1) level = [.. level.Chunk(2).Select(p => SHA256.HashData([.. p[0], .. p[1]]))];
        return new Hash256(level[0]);
    }

    private static byte[] File(int size)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++) bytes[i] = (byte)(i * 31 + i / 251);
        return bytes;
    }
}
