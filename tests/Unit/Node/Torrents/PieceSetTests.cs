using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class PieceSetTests
{
    [Fact]
    public void The_first_piece_is_the_highest_bit()
    {
        var set = new PieceSet(10);
        Assert.True(set.Add(0));
        Assert.True(set.Add(9));
        Assert.False(set.Add(9));
        Assert.Equal([0x80, 0x40], set.ToBytes());
        Assert.Equal((2, false), (set.Held, set.IsWhole));
        Assert.True(PieceSet.Whole(10).IsWhole);
        Assert.Equal([0xff, 0xc0], PieceSet.Whole(10).ToBytes());
    }

    [Fact]
    public void What_was_written_is_read_again()
    {
        var set = new PieceSet(17);
        foreach (var piece in new[] { 0, 3, 8, 16 }) set.Add(piece);
        var read = PieceSet.TryRead(set.ToBytes(), 17)!;
        Assert.Equal(set.ToBytes(), read.ToBytes());
        Assert.Equal((4, true, false), (read.Held, read.Has(16), read.Has(15)));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("0000", 8)]
    [InlineData("ff", 9)]
    [InlineData("ffff", 15)]
    [InlineData("01", 7)]
    public void Bits_of_no_piece_and_sets_of_another_length_are_refused(string hex, int count) =>
        Assert.Null(PieceSet.TryRead(Convert.FromHexString(hex), count));

    [Fact]
    public void A_piece_behind_the_last_cannot_be_added() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PieceSet(3).Add(3));
}
