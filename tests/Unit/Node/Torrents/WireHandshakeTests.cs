using System.Text;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class WireHandshakeTests
{
    private static readonly Hash160 Torrent = Hash160.Of("a file"u8);

    [Fact]
    public void It_has_the_bytes_of_the_standard_and_a_new_name_each_time()
    {
        var said = WireHandshake.Write([1, 2, 3, 4, 5, 6, 7, 8], Torrent);
        Assert.Equal(WireHandshake.Bytes, said.Length);
        Assert.Equal("\u0013BitTorrent protocol", Encoding.ASCII.GetString(said, 0, 20));
        Assert.Equal(Torrent.ToArray(), said[28..48]);
        Assert.Equal("-AN0001-", Encoding.ASCII.GetString(said, 48, 8));
        Assert.NotEqual(said[56..], WireHandshake.Write([1, 2, 3, 4, 5, 6, 7, 8], Torrent)[56..]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], WireHandshake.TryRead(said, Torrent));
    }

    [Fact]
    public void Another_protocol_torrent_or_length_is_refused()
    {
        var said = WireHandshake.Write(new byte[8], Torrent);
        Assert.Null(WireHandshake.TryRead(said, Hash160.Of("another"u8)));
        Assert.Null(WireHandshake.TryRead(said.AsSpan(1), Torrent));
        Assert.Null(WireHandshake.TryRead([], Torrent));
        said[1] ^= 1;
        Assert.Null(WireHandshake.TryRead(said, Torrent));
    }

    [Fact]
    public void Of_what_both_can_do_only_the_fast_extension_is_said()
    {
        byte[] all = [255, 255, 255, 255, 255, 255, 255, 255];
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 4], WireHandshake.Common(all, all));
        // Extension messages, in which clients tell their addresses, and DHT.
        Assert.Equal(new byte[8], WireHandshake.Common([0, 0, 0, 0, 0, 0x10, 0, 0x01], all));
        Assert.Equal(new byte[8], WireHandshake.Common(all, new byte[8]));
    }
}
