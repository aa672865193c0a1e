using Anarchive.Net;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ContentKeyTests
{
    private const string Root = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Theory]
    [InlineData("osh:8e245d9679d31e12:131072", KeyForm.Osh)]
    [InlineData("osh:8e245d9679d31e12:734003200", KeyForm.Osh)]
    [InlineData("bt2:" + Root, KeyForm.Bt2)]
    [InlineData("bt1:00112233445566778899aabbccddeeff00112233/0", KeyForm.Bt1)]
    [InlineData("bt1:00112233445566778899aabbccddeeff00112233/99999", KeyForm.Bt1)]
    [InlineData("thm:00112233445566778899aabbccddeeff", KeyForm.Theme)]
    [InlineData("work:tvdb:s81189/1/1", KeyForm.Work)]
    [InlineData("work:tmdb:m603", KeyForm.Work)]
    [InlineData("work:imdb:tt0903747/999/9999", KeyForm.Work)]
    [InlineData("work:mal:40938/1/5", KeyForm.Work)]
    [InlineData("work:anidb:69/0/1", KeyForm.Work)]
    public void A_key_is_read_and_written_alike(string text, KeyForm form)
    {
        Assert.True(ContentKey.TryParse(text, out var key));
        Assert.Equal((form, text), (key.Form, key.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("osh:")]
    [InlineData("osh:8e245d9679d31e12:131071")]
    [InlineData("osh:8e245d9679d31e12:0131072")]
    [InlineData("osh:8e245d9679d31e12:99999999999999999999")]
    [InlineData("osh:8E245D9679D31E12:131072")]
    [InlineData("osh:8e245d9679d31e1:131072")]
    [InlineData("bt2:" + Root + "0")]
    [InlineData("BT2:" + Root)]
    [InlineData("bt1:00112233445566778899aabbccddeeff00112233/100000")]
    [InlineData("bt1:00112233445566778899aabbccddeeff00112233/01")]
    [InlineData("bt1:00112233445566778899aabbccddeeff00112233/")]
    [InlineData("bt1:00112233445566778899aabbccddeeff00112233/../1")]
    [InlineData("thm:00112233445566778899aabbccddeef")]
    [InlineData("work:tvdb:81189")]
    [InlineData("work:tvdb:s0")]
    [InlineData("work:tvdb:s81189/1")]
    [InlineData("work:tvdb:s81189/1000/1")]
    [InlineData("work:tvdb:s81189/1/10000")]
    [InlineData("work:tvdb:s81189/01/1")]
    [InlineData("work:tmdb:m603/1/1")]
    [InlineData("work:imdb:tt123456")]
    [InlineData("work:imdb:tt12345678901")]
    [InlineData("work:imdb:0903747")]
    [InlineData("work:mal:40938/2/5")]
    [InlineData("work:mal:s40938/1/5")]
    [InlineData("work:other:1")]
    [InlineData("work:mal:1:2")]
    [InlineData("/home/ada/Shows/Pilot.mkv")]
    [InlineData("work:mal:١/1/1")]
    public void Another_spelling_is_no_key(string? text) => Assert.False(ContentKey.TryParse(text, out _));

    [Fact]
    public void An_item_is_named_only_where_it_is_known_to_be_open_and_not_sensitive()
    {
        foreach (var source in Enum.GetValues<SourceAccess>())
        {
            foreach (var sensitive in new bool?[] { null, true, false })
            {
                var made = DisclosableKey.TryMake("thm:" + Root[..32], new ItemScope(sensitive, source));
                Assert.Equal(sensitive == false && source == SourceAccess.Open, made is not null);
            }
        }
    }
}
