using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class Base64UrlTextTests
{
    [Theory]
    [InlineData("AAAAAAA=")]
    [InlineData("AAAA AAA")]
    [InlineData("AAAA+AAA")]
    [InlineData("AAAA/AAA")]
    [InlineData("AAAA\u00e4AAA")]
    [InlineData("AAAA{AAA")]
    [InlineData("AAAAAAA")]
    [InlineData("AAAAAAAAA")]
    public void What_is_not_base64url_of_that_length_is_refused_without_an_exception(string text)
    {
        Assert.False(Base64UrlText.TryDecode(text, 6, out _));
        Assert.True(Base64UrlText.Decode(text) is null or { Length: not 6 });
    }

    [Fact]
    public void A_spelling_with_stray_bits_is_refused() => Assert.False(Base64UrlText.TryDecode("AB", 1, out _));

    [Fact]
    public void Bytes_come_back() =>
        Assert.True(Base64UrlText.TryDecode("_-8A", 3, out var bytes) && bytes is [0xff, 0xef, 0]);
}
