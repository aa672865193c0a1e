using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>
/// A publishes, its friend B holds the edition and merges it, and C, a friend of B alone who subscribed to everything,
/// asks B for it on every route that peers have, by names that only A and B know.
/// </summary>
public sealed class SecondDegreeTests : IAsyncLifetime
{
    private const string Markers = "intro-markers";

    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private LiveNode _c = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b, _c) = (await Start(), await Start(), await Start());
        await Pair(_a, _b, InviteKind.Friend);
        await Pair(_b, _c, InviteKind.Friend);
        foreach (var node in new[] { _b, _c })
            foreach (var part in NetApp.FriendsParts)
                Assert.Null(await node.Get<PartConsents>().SubscribeAsync(Subscription.OfFriends(part), Cancellation));

        static Task<LiveNode> Start() => LiveNode.Start(
            peerListen: "https://127.0.0.1:0", with: options => options with { HeartbeatSeconds = 1 });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { _a, _b, _c }) await node.DisposeAsync();
    }

    [Fact]
    public async Task On_every_route_what_is_of_a_friends_friend_is_answered_like_what_is_nowhere()
    {
        var ofA = await Publish(_a, 67_700);
        var ofB = await Publish(_b, 68_000);
        await Eventually.True(() => Holds(_b, ofA), "B has not taken A's edition over.", _b);
        await Eventually.True(() => Holds(_c, ofB), "C has not taken B's edition over.", _c);
        Assert.Equal(2, _b.Get<PartRecords>().Of(NetSamples.Key).Count);
        // B has the very file that C asks for.
        Assert.True(Hash160.TryParse(ofA.File.Ih1, out var ih));
        Assert.NotNull(_b.Get<BlobShelf>().PathOf(ih));

        var nowhere = ofA with
        {
            Group = new GroupId(Hash256.Sha256("nowhere"u8)).ToString(),
            StateRoot = Hash256.Sha256("nothing"u8).ToString(),
            File = ofA.File with { Ih1 = new string('0', 40) },
        };
        var (asked, unknown) = (Routes.OfPeers(_b, Fill(ofA)), Routes.OfPeers(_b, Fill(nowhere)));
        var named = asked.Zip(unknown).Where(pair => pair.First != pair.Second).ToList();
        Assert.True(named.Count >= 8, "Few routes name a group or a file.");
        foreach (var ((method, path), (_, other)) in named)
        {
            foreach (var body in new[] { null, "{}", ofA.Group })
            {
                var answer = await AsPeer(_c, method, path, body);
                Assert.Equal(HttpStatusCode.NotFound, answer.Status);
                Assert.Equal((path, answer), (path, await AsPeer(_c, method, other, body)));
            }
        }

        // Of B's own C is given what it asks for: the very same requests, with other names.
        var given = new List<string>();
        foreach (var (method, path) in Routes.OfPeers(_b, Fill(ofB)))
            if ((await AsPeer(_c, method, path, null)).Status == HttpStatusCode.OK) given.Add(path);
        Assert.Contains($"/net/v1/blobs/{ofB.File.Ih1}", given);
        Assert.Contains($"/net/v1/torrents/{ofB.File.Ih1}", given);
        Assert.Contains($"/sync/v1/groups/{ofB.Group}/status", given);
    }

    private static Func<string, string> Fill(PartEdition edition) => name => name switch
    {
        "id" or "group" => edition.Group,
        "ih" => edition.File.Ih1,
        "part" => edition.Part,
        "seq" => "1",
        "hash" => edition.StateRoot,
        _ => edition.Group,
    };

    private static bool Holds(LiveNode node, PartEdition edition) => node.Get<EditionBooks>().All(Markers)
        .Any(e => e.IsHeld && e.Manifest.StateRoot == edition.StateRoot && e.Manifest.Group == edition.Group);

    private static async Task<PartEdition> Publish(LiveNode node, long startMs)
    {
        await node.See();
        var marker = NetSamples.Intro(startMs, startMs + 90_000);
        Assert.Null((await node.Get<PartActs>().ObserveAsync([marker], isOpen: true, Cancellation)).Problem);
        var (made, problem) = await node.Get<EditionDesk>().PublishAsync(Markers, true, Cancellation);
        Assert.Null(problem);
        return made!;
    }

    /// <summary>What B answers to a node that it knows.</summary>
    private async Task<(HttpStatusCode Status, string Body)> AsPeer(
        LiveNode peer, string method, string path, string? body)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_b.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _b.TokenFor(peer.Id));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
