using System.Buffers;
using System.Text;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Bencoding has one spelling for each value, and no other is read.</summary>
public sealed class BencodeTests
{
    [Theory]
    [InlineData("i0e")]
    [InlineData("i-1e")]
    [InlineData("i9223372036854775807e")]
    [InlineData("i-9223372036854775808e")]
    [InlineData("0:")]
    [InlineData("4:spam")]
    [InlineData("le")]
    [InlineData("de")]
    [InlineData("l4:spami42eld1:ai1eeee")]
    [InlineData("d1:ai1e2:aai2e1:bi3ee")]
    public void The_one_spelling_is_read(string text)
    {
        Assert.True(Read(text, out var value));
        Assert.Equal(text, Encoding.Latin1.GetString(value!.Raw.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("i")]
    [InlineData("ie")]
    [InlineData("i-e")]
    [InlineData("i-0e")]
    [InlineData("i+1e")]
    [InlineData("i01e")]
    [InlineData("i-01e")]
    [InlineData("i 1e")]
    [InlineData("i1.0e")]
    [InlineData("i9223372036854775808e")]
    [InlineData("i99999999999999999999999999e")]
    [InlineData("04:spam")]
    [InlineData("+4:spam")]
    [InlineData("-4:spam")]
    [InlineData("5:spam")]
    [InlineData("4spam")]
    [InlineData("99999999999:a")]
    [InlineData("9223372036854775807:a")]
    [InlineData("l")]
    [InlineData("li1e")]
    [InlineData("d1:ae")]
    [InlineData("di1ei1ee")]
    [InlineData("d1:bi1e1:ai1ee")]
    [InlineData("d1:ai1e1:ai1ee")]
    [InlineData("d2:aai1e1:ai1ee")]
    [InlineData("d1:\u00e9i1ee")]
    [InlineData("i1ei2e")]
    [InlineData("i1e ")]
    [InlineData("e")]
    [InlineData("x")]
    public void Every_other_is_not(string text) => Assert.False(Read(text, out _));

    [Fact]
    public void Depth_is_bounded()
    {
        Assert.True(Read(new string('l', Bencode.DepthMax) + new string('e', Bencode.DepthMax), out _));
        var over = Bencode.DepthMax + 1;
        Assert.False(Read(new string('l', over) + new string('e', over), out _));
        Assert.False(Read(new string('l', 1_000_000), out _));
        Assert.False(Read(string.Concat(Enumerable.Repeat("d1:a", 250_000)), out _));
    }

    [Fact]
    public void The_number_of_values_is_bounded()
    {
        Assert.True(Read($"l{string.Concat(Enumerable.Repeat("le", Bencode.ValuesMax - 1))}e", out _));
        Assert.False(Read($"l{string.Concat(Enumerable.Repeat("le", Bencode.ValuesMax))}e", out _));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var to = new ArrayBufferWriter<byte>();
        Bencode.Mark(to, 'd');
        Bencode.Write(to, "number");
        Bencode.Write(to, long.MinValue);
        Bencode.Write(to, "text");
        Bencode.Write(to, [0xff, 0x00]);
        Bencode.Mark(to, 'e');
        Assert.True(Bencode.TryRead(to.WrittenMemory, out var value));
        var read = Assert.IsType<BencodeValue.Dictionary>(value);
        Assert.Equal(long.MinValue, Assert.IsType<BencodeValue.Number>(read["number"]).Value);
        Assert.Equal([0xff, 0x00], Assert.IsType<BencodeValue.Text>(read["text"]).Bytes.ToArray());
        Assert.Null(read["other"]);
    }

    private static bool Read(string text, out BencodeValue? value) =>
        Bencode.TryRead(Encoding.Latin1.GetBytes(text), out value);
}
