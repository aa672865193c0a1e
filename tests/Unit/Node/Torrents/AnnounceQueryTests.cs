using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class AnnounceQueryTests
{
    private const string Hash = "%00%ff%25%26%3d%2Babcdefghijklmn";

    [Fact]
    public void Bytes_of_any_value_are_read_as_they_are()
    {
        var said = AnnounceQuery.TryRead($"?info_hash={Hash}&port=6881&left=7&event=started&numwant=3&ip=10.0.0.1")!;
        Assert.Equal([new Hash160([0, 0xff, .. "%&=+abcdefghijklmn"u8])], said.InfoHashes);
        Assert.Equal((6881, 7L, "started", 3), (said.Port, said.Left, said.Event, said.Wanted));
    }

    [Theory]
    [InlineData("port=65536")]
    [InlineData("port=-1")]
    [InlineData("port=x")]
    [InlineData("port=%36")]
    [InlineData("")]
    public void A_port_that_is_none_is_0(string port) => Assert.Equal(0, AnnounceQuery.TryRead(port)!.Port);

    [Theory]
    [InlineData("info_hash=abc")]
    [InlineData("info_hash=%0")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaa%")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaa%zz%00")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("port=1&port=2")]
    public void What_is_bent_or_said_twice_is_refused(string query) => Assert.Null(AnnounceQuery.TryRead(query));

    [Fact]
    public void A_query_longer_than_any_is_refused() =>
        Assert.Null(AnnounceQuery.TryRead("a=" + new string('b', 4_096)));

    [Fact]
    public void Several_torrents_may_be_scraped_at_once() =>
        Assert.Equal(2, AnnounceQuery.TryRead($"info_hash={Hash}&info_hash=aaaaaaaaaaaaaaaaaaaa")!.InfoHashes.Count);
}
