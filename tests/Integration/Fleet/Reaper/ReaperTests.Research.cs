using System.Net;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <content>The last rung before a torrent is parked: an indexer is asked for another one.</content>
public sealed partial class ReaperTests
{
    [Fact]
    public async Task A_dead_one_is_searched_for_when_its_owner_says_so_and_what_is_private_never()
    {
        using var indexer = new TorznabStub { Body = "not xml" };
        await Start(RunningClient.Transmission, indexer.Address + "api?apikey=secret");
        var (dead, closed) = (Torrent("Orchard 1999"), Torrent("club", isPrivate: true));
        await Know(dead, Privacy.No);
        await Know(closed, Privacy.Yes);
        await Add(dead, Label);
        await Look(hours: 2);
        await Add(closed, Label);
        await Look(hours: 80);
        var wanted = new ReaperProposal(dead.InfoHash.ToString(), Rung.Research);
        Assert.Equal([wanted], Desk.View().Plan.Proposals);
        Assert.Empty(indexer.Asked);

        var (refused, _) = await Desk.ApplyAsync(Desk.View().Plan.Id, Cancellation);
        Assert.Equal("indexer_refused", Assert.Single(refused).Outcome);
        Assert.Equal([wanted], Desk.View().Plan.Proposals);

        indexer.Body = Offers(dead);
        using var http = new HttpClient { BaseAddress = _node.Address };
        var page = await http.GetStringAsync("/fleet/reaper", Cancellation);
        var (status, done) = await http.Send(page, "/fleet/reaper", ("plan", Desk.View().Plan.Id.ToString()));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("search for another: found, 2 found", done);
        Assert.Contains("Orchard &lt;b&gt;1999&lt;/b&gt;", done);
        Assert.Contains("7 seeders", done);
        Assert.Contains(new string('a', 40), done);
        Assert.DoesNotContain("of another size", done);
        Assert.DoesNotContain("given by nobody", done);
        Assert.All(indexer.Asked, asked => Assert.EndsWith("q=Orchard%201999", asked));

        // That hash is not searched for again within 30 days.
        await Look(hours: 25);
        Assert.Contains((Rung.Research, RungSkip.Blocked), Find(dead)!.Next.Skipped);
        Assert.Equal([wanted with { Rung = Rung.Park }], Desk.View().Plan.Proposals);
        await Look(hours: 30 * 24, step: 24);
        Assert.Equal([wanted], Desk.View().Plan.Proposals);
        var again = await CommandRun.On(_node, "fleet", "reaper", "--apply", Desk.View().Plan.Id.ToString());
        Assert.Equal(0, again.Exit);
        Assert.Contains("Orchard <b>1999</b>, 3", again.Results + again.Remarks);
        Assert.Contains("7 seeders", again.Results + again.Remarks);
    }

    /// <summary>The same hash, the same size, another size, and one that nobody gives.</summary>
    private static string Offers(SwarmTorrent torrent) => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:torznab="http://torznab.com/schemas/2015/feed"><channel>
        {Offer("the same", torrent.InfoHash.ToString(), 1, 3)}
        {Offer("Orchard &lt;b&gt;1999&lt;/b&gt;", new string('a', 40), torrent.Length, 7)}
        {Offer("of another size", new string('b', 40), torrent.Length + 1, 9)}
        {Offer("given by nobody", new string('c', 40), torrent.Length, 0)}
        </channel></rss>
        """;

    private static string Offer(string title, string infoHash, long size, int seeders) => $"""
        <item><title>{title}</title><size>{size}</size><torznab:attr name="infohash" value="{infoHash}"/>
        <torznab:attr name="seeders" value="{seeders}"/></item>
        """;
}
