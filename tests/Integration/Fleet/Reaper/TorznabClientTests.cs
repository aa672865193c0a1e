using System.Globalization;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Searches at an indexer on loopback, honest and not.</summary>
public sealed class TorznabClientTests : IDisposable
{
    private const string List = """
        <?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:torznab="http://torznab.com/schemas/2015/feed"><channel>
        <title>An indexer</title>
        <item><title>Some &amp; thing</title><size>3145745</size>
          <torznab:attr name="infohash" value="ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD"/>
          <torznab:attr name="seeders" value="7"/></item>
        <item><title><![CDATA[Another]]></title><torznab:attr name="size" value="12"/>
          <torznab:attr name="seeders" value="-1"/><torznab:attr name="infohash" value="../x"/></item>
        </channel></rss>
        """;

    private readonly TorznabStub _indexer = new() { Body = List };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _indexer.Dispose();

    [Fact]
    public async Task A_list_is_read_with_what_the_indexer_tells()
    {
        using var client = Client(_indexer.Address + "api?apikey=secret");
        Assert.Equal(
            [
                new TorznabHit("Some & thing", "abcdefabcdefabcdefabcdefabcdefabcdefabcd", 3_145_745, 7),
                new TorznabHit("Another", null, 12, 0),
            ],
            await client.SearchAsync("a name & more", Cancellation));
        Assert.Equal("/api?apikey=secret&t=search&q=a%20name%20%26%20more", Assert.Single(_indexer.Asked));
    }

    [Theory]
    [InlineData("<error code=\"100\" description=\"Incorrect user credentials\"/>", 200)]
    [InlineData("<rss><channel><item>", 200)]
    [InlineData("not xml", 200)]
    [InlineData("", 200)]
    [InlineData(List, 302)]
    [InlineData(List, 500)]
    [InlineData("<!DOCTYPE rss [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><rss><item>&a;</item></rss>", 200)]
    public async Task Any_other_answer_is_refused(string body, int status)
    {
        (_indexer.Body, _indexer.Status) = (body, status);
        using var client = Client(_indexer.Address);
        Assert.Equal("indexer_refused", (await Failure(client)).Code);
    }

    [Fact]
    public async Task Nobody_there_an_endless_answer_and_no_address_are_told_apart_by_their_codes()
    {
        using var nobody = Client(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Loopback.FreePort()}"));
        Assert.Equal("indexer_unreachable", (await Failure(nobody)).Code);
        _indexer.Body = "<rss>" + new string(' ', 5 * 1024 * 1024) + "</rss>";
        using var endless = Client(_indexer.Address);
        Assert.Equal("indexer_unreachable", (await Failure(endless)).Code);
        using var none = Client(null);
        Assert.Equal("no_indexer", (await Failure(none)).Code);
    }

    private static TorznabClient Client(string? address) => new(
        new NodeOptions { DataDirectory = "", Torznab = address }, new DialGuard(TimeProvider.System));

    private static Task<CarrierException> Failure(TorznabClient client) =>
        Assert.ThrowsAsync<CarrierException>(() => client.SearchAsync("x", Cancellation));
}
