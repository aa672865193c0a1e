using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class TorrentMarkTests
{
    private static readonly Hash256 Root = Hash256.Sha256("root"u8);
    private static readonly string A = new('a', 40);
    private static readonly string B = new('b', 40);
    private static readonly Item Own = new(
        ItemId.Of(1000, Root), 1000, 16384, Root, null, null, Privacy.Unknown, null, "films");

    [Fact]
    public void What_a_client_tells_is_said_once()
    {
        var said = TorrentMark.Describe(Own, [new TorrentMark(A, null, Privacy.No, "tracker.example")])!;
        Assert.Equal(
            new DescribedItem(Own.Id, 1000, 16384, Root, Privacy.No, "films", A, null, "tracker.example"), said);
        Assert.Null(FleetRules.FaultOf(new ItemsDescribed([said])));
        var known = Own with { InfoHashV1 = A, Privacy = Privacy.No, Source = "tracker.example" };
        Assert.Null(TorrentMark.Describe(known, [new TorrentMark(A, null, Privacy.No, "tracker.example")]));
        Assert.Null(TorrentMark.Describe(known, []));
    }

    [Fact]
    public void A_private_torrent_closes_an_item_whatever_else_holds_it()
    {
        var marks = new[]
        {
            new TorrentMark(A, null, Privacy.No, "open.example"),
            new TorrentMark(B, null, Privacy.Yes, "closed.example"),
        };
        foreach (var order in new[] { marks, [marks[1], marks[0]] })
        {
            var said = TorrentMark.Describe(Own, order)!;
            Assert.Equal((Privacy.Yes, B, "closed.example"), (said.Private, said.InfohashV1, said.Source));
        }

        // Also where it was told of as a public one before.
        var open = Own with { InfoHashV1 = A, Privacy = Privacy.No, Source = "open.example" };
        Assert.Equal(Privacy.Yes, TorrentMark.Describe(open, marks)!.Private);
    }

    [Theory]
    [InlineData(Privacy.No)]
    [InlineData(Privacy.Unknown)]
    public void What_is_private_never_becomes_less(Privacy told)
    {
        var closed = Own with { Privacy = Privacy.Yes };
        Assert.Equal(Privacy.Yes, TorrentMark.Describe(closed, [new TorrentMark(A, null, told, null)])!.Private);
    }

    [Fact]
    public void A_torrent_of_the_second_version_and_a_long_host_are_told_within_the_rules()
    {
        var host = string.Join('.', Enumerable.Repeat("label", 20));
        var said = TorrentMark.Describe(Own, [new TorrentMark(null, new string('c', 64), Privacy.No, host)])!;
        Assert.Equal((null, new string('c', 64)), (said.InfohashV1, said.InfohashV2));
        Assert.Null(FleetRules.FaultOf(new ItemsDescribed([said])));
    }
}
