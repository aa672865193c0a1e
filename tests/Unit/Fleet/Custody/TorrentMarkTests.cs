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
        var said = Describe(Own, [new TorrentMark(A, null, Privacy.No, "tracker.example")])!;
        Assert.Equal(
            new DescribedItem(Own.Id, 1000, 16384, Root, Privacy.No, "films", A, null, "tracker.example"), said);
        Assert.Null(FleetRules.FaultOf(new ItemsDescribed([said])));
        var known = Own with { InfoHashV1 = A, Privacy = Privacy.No, Source = "tracker.example" };
        Assert.Null(Describe(known, [new TorrentMark(A, null, Privacy.No, "tracker.example")]));
        Assert.Null(Describe(known, []));
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
            var said = Describe(Own, order)!;
            Assert.Equal((Privacy.Yes, B, "closed.example"), (said.Private, said.InfohashV1, said.Source));
        }

        // Also where it was told of as a public one before.
        var open = Own with { InfoHashV1 = A, Privacy = Privacy.No, Source = "open.example" };
        Assert.Equal(Privacy.Yes, Describe(open, marks)!.Private);
    }

    [Theory]
    [InlineData(Privacy.No)]
    [InlineData(Privacy.Unknown)]
    public void What_is_private_never_becomes_less(Privacy told)
    {
        var closed = Own with { Privacy = Privacy.Yes };
        Assert.Equal(Privacy.Yes, Describe(closed, [new TorrentMark(A, null, told, null)])!.Private);
    }

    [Fact]
    public void A_torrent_of_the_second_version_and_a_long_host_are_told_within_the_rules()
    {
        var host = string.Join('.', Enumerable.Repeat("label", 20));
        var said = Describe(Own, [new TorrentMark(null, new string('c', 64), Privacy.No, host)])!;
        Assert.Equal((null, new string('c', 64)), (said.InfohashV1, said.InfohashV2));
        Assert.Null(FleetRules.FaultOf(new ItemsDescribed([said])));
    }

    [Fact]
    public void Of_all_trackers_of_all_torrents_the_closest_kept_one_is_named()
    {
        var open = new Source("open.example", Privacy.No, "", SourceGate.SearchOnly, Isolation.Open);
        var sources = new Dictionary<string, Source> { [open.Name] = open };
        TorrentMark Mark(string infoHash, params string[] hosts) =>
            new(infoHash, null, Privacy.No, hosts[0]) { TrackerHosts = hosts };
        string? Said(Item item, params TorrentMark[] marks) =>
            TorrentMark.Describe(item, marks, sources) is { } said ? said.Source : item.Source;

        Assert.Equal("open.example", Said(Own, Mark(A, "open.example")));
        Assert.Equal("other.example", Said(Own, Mark(A, "open.example", "other.example")));
        Assert.Equal("other.example", Said(Own, Mark(A, "open.example"), Mark(B, "open.example", "other.example")));
        var known = Own with { InfoHashV1 = A, Privacy = Privacy.No, Source = "open.example" };
        Assert.Equal(TrackerHost.Unknown, Said(known, Mark(A, "open.example", TrackerHost.Unknown)));
        Assert.Equal("mine", Said(known with { Source = "mine" }, Mark(A, "open.example", "other.example")));
        Assert.Equal(
            ["open.example", TrackerHost.Unknown],
            TrackerHost.AllOf(["https://open.example/x", "wss://a", null, "udp://open.example:1"]));
    }

    private static DescribedItem? Describe(Item known, IReadOnlyList<TorrentMark> marks) =>
        TorrentMark.Describe(known, marks, new Dictionary<string, Source>());
}
