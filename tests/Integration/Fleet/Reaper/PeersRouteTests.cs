using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>Who is told what of torrents and the fleet, over the wire.</summary>
public sealed class PeersRouteTests : IAsyncLifetime
{
    private const string OpenSource = "archive";
    private const string ClosedSource = "club";

    private static readonly string Open = new('a', 40);
    private static readonly string Closed = new('b', 40);
    private static readonly string Unknown = new('c', 40);
    private static readonly VolumeId Volume = new(1);

    private readonly HttpClient _http = new();
    private LiveNode _node = null!;
    private LiveNode _other = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DeviceId Self => DeviceId.Of(_node.Id);

    public async ValueTask InitializeAsync()
    {
        _node = await LiveNode.Start();
        _other = await LiveNode.Start();
        await Say(new DeviceDeclared("nas", DeviceClass.AlwaysOn, "home", Offsite: false, [], ["bt", "http"]));
        await Say(new SourceSet(OpenSource, SourceKind.Public, "archive.example", SourceGate.Open, Isolation.Open));
        await Say(new SourceSet(
            ClosedSource, SourceKind.Private, "club.example", SourceGate.SearchOnly, Isolation.F2fOnly));
        await Say(new ItemsDescribed(
            [Item(1, Privacy.No, Open, OpenSource), Item(2, Privacy.Yes, Closed, ClosedSource)]));
        await Say(new HoldingsSet(Self, Volume, [Holding(1), Holding(2)]));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_friend_hears_of_an_open_torrent_where_the_broadcast_host_is_and_nothing_else()
    {
        var friend = await Friend();
        var (status, body) = await Get(friend, "peers_for/" + Open);
        Assert.Equal(HttpStatusCode.OK, status);
        var reply = JsonNode.Parse(body)!.AsObject();
        Assert.Equal(["infohash", "peers"], reply.Select(m => m.Key));
        var peer = Assert.Single(reply["peers"]!.AsArray())!.AsObject();
        Assert.Equal(["addr", "transports"], peer.Select(m => m.Key).Order());
        Assert.Equal(_node.Get<OwnEndpoint>().Current!.ToString(), (string?)peer["addr"]);
        Assert.DoesNotContain(Self.ToString(), body);
    }

    [Fact]
    public async Task Whoever_may_not_hear_gets_the_answer_of_what_is_not_there()
    {
        var (friend, stranger) = (await Friend(), NodeOf(9));
        var expected = await Get(friend, "peers_for/" + Unknown);
        Assert.Equal(HttpStatusCode.NotFound, expected.Status);
        foreach (var (who, path) in new[]
        {
            (friend, "peers_for/" + Closed), (friend, "registry"), (friend, "custody"), (friend, "reaper"),
            (friend, "peers_for/x"), (stranger, "peers_for/" + Open), (stranger, "peers_for/" + Closed),
            (stranger, "registry"), (stranger, "custody"), (stranger, "reaper"),
        })
            Assert.Equal(expected, await Get(who, path));
        using var bare = await _http.GetAsync(new Uri(_node.Address, "/net/v1/peers_for/" + Open), Cancellation);
        Assert.Equal(
            expected, (bare.StatusCode, await bare.Content.ReadAsStringAsync(Cancellation)));
    }

    [Fact]
    public async Task A_device_of_the_fleet_hears_all_and_one_that_was_let_out_nothing()
    {
        await Pair(_node, _other, InviteKind.Device);
        var (_, body) = await Get(_other.Id, "peers_for/" + Closed);
        var reply = JsonNode.Parse(body)!.AsObject();
        Assert.Equal(("f2f_only", "search_only"), ((string?)reply["isolation"], (string?)reply["source_gate"]));
        Assert.Equal(_node.Get<PlanSight>().Now().Plan.Id.ToString(), (string?)reply["plan_id"]);
        var peer = Assert.Single(reply["peers"]!.AsArray())!.AsObject();
        Assert.Equal(
            ("fleet", Self.ToString(), 1000, "hash"),
            ((string?)peer["via"], (string?)peer["device_id"], (int)peer["complete"]!, (string?)peer["evidence"]));
        // A client refuses peers that are handed to it for a private torrent.
        Assert.Equal(["http"], peer["transports"]!.AsArray().Select(t => (string?)t));
        Assert.Matches($"^{_node.Id}:[0-9]+$", (string?)peer["provenance"]![0]);
        Assert.Equal([Self.ToString()], reply["custodians"]!.AsArray().Select(c => (string?)c));
        Assert.Equal(
            ["friend search_only", "dht f2f_only"],
            reply["withheld"]!.AsArray().Select(w => $"{w!["via"]} {w["reason"]}"));

        Assert.Equal("nas", (string?)JsonNode.Parse((await Get(_other.Id, "registry")).Body)!["devices"]![0]!["name"]);
        var custody = JsonNode.Parse((await Get(_other.Id, "custody")).Body)!["items"]!.AsArray();
        Assert.Equal(2, custody.Count);
        var after = (string)custody[0]!["item"]!;
        Assert.Single(JsonNode.Parse((await Get(_other.Id, "custody?after=" + after)).Body)!["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await Get(_other.Id, "custody?after=x")).Status);
        Assert.Empty(JsonNode.Parse((await Get(_other.Id, "reaper")).Body)!["torrents"]!.AsArray());

        var out_ = await _node.Get<PairingActs>().RevokeAsync(_other.Id.ToString(), dryRun: false, Cancellation);
        Assert.Null(out_.Problem);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(_other.Id, "peers_for/" + Closed)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(_other.Id, "registry")).Status);
    }

    [Fact]
    public async Task A_fleet_asks_its_friends_for_what_is_open_and_for_nothing_else()
    {
        await Pair(_node, _other, InviteKind.Friend);
        var asks = _other.Get<PeersDesk>();
        // The friend that asks keeps the torrent, too, and opened its own source.
        await Say(_other, new DeviceDeclared("desk", DeviceClass.Desktop, "flat", Offsite: false, [], ["http"]));
        await Say(_other, new SourceSet(
            OpenSource, SourceKind.Public, "archive.example", SourceGate.Open, Isolation.F2fOnly));
        await Say(_other, new ItemsDescribed([Item(1, Privacy.No, Open, OpenSource)]));
        await Say(_other, new ItemsDescribed([Item(2, Privacy.Yes, Closed, null)]));
        await Eventually.True(
            () => _other.Get<PeerBook>().Find(_node.Id) is { Endpoint: not null, Token: not null }, "Not met.", _other);
        var open = (await asks.AnswerOwnAsync(Open, Cancellation))!;
        var host = Assert.Single(open.Peers, p => p.Via == PeerVia.Friend);
        Assert.Equal(_node.Get<OwnEndpoint>().Current!.ToString(), host.Address);
        Assert.Equal([new Withheld(PeerVia.Dht, "f2f_only")], open.Withheld);
        var closed = (await asks.AnswerOwnAsync(Closed, Cancellation))!;
        Assert.Empty(closed.Peers);
        Assert.Contains(new Withheld(PeerVia.Friend, "search_only"), closed.Withheld);
    }

    [Fact]
    public async Task The_owner_is_told_as_the_fleet_is_and_strangers_are_not_told()
    {
        using var owner = OwnersApi();
        var reply = JsonNode.Parse(await owner.GetStringAsync("peers/" + Closed, Cancellation))!;
        Assert.Equal(Self.ToString(), (string?)reply["custodians"]![0]);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync("peers/" + Unknown, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync("peers/x", Cancellation)).StatusCode);
        var view = JsonNode.Parse(await owner.GetStringAsync("reaper", Cancellation))!;
        Assert.Equal("no_client", (string?)view["fault"]);
        foreach (var (path, status) in new[]
        {
            ("reaper/plans/x", HttpStatusCode.NotFound), ("reaper/plans/" + view["plan"], HttpStatusCode.Conflict),
            ("peers/x/dht", HttpStatusCode.BadRequest), ($"peers/{Closed}/dht", HttpStatusCode.Conflict),
            ($"peers/{Unknown}/dht", HttpStatusCode.Conflict), ($"peers/{Open}/dht", HttpStatusCode.NoContent),
        })
            Assert.Equal((path, status), (path, (await owner.PostAsync(path, null, Cancellation)).StatusCode));
        var open = JsonNode.Parse(await owner.GetStringAsync("peers/" + Open, Cancellation))!;
        Assert.Empty(open["withheld"]!.AsArray());
        await owner.DeleteAsync($"peers/{Open}/dht", Cancellation);
        open = JsonNode.Parse(await owner.GetStringAsync("peers/" + Open, Cancellation))!;
        Assert.Equal("not_opted_in", (string?)open["withheld"]![0]!["reason"]);
        owner.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, (await owner.GetAsync("reaper", Cancellation)).StatusCode);
    }

    private static DescribedItem Item(int number, Privacy privacy, string infoHash, string? source)
    {
        var root = Hash256.Sha256([(byte)number]);
        return new DescribedItem(
            ItemId.Of(1000, root), 1000, 16384, root, privacy, Policy.DefaultName, infoHash, null, source);
    }

    private static HoldingRow Holding(int number) =>
        new(Item(number, Privacy.No, Open, null).Item, 1, HoldingState.Present, Evidence.Hash);

    private static NodeId NodeOf(byte number) => new(Hash256.Sha256([number]));

    private static async Task Say(LiveNode node, IFleetPayload payload)
    {
        var (_, problem) = await node.Get<FleetDesk>().SayAsync(payload, dryRun: false, Cancellation);
        Assert.True(problem is null, $"{payload}: {problem}");
    }

    private Task Say(IFleetPayload payload) => Say(_node, payload);

    private HttpClient OwnersApi()
    {
        var token = File.ReadAllText(Path.Combine(_node.Home, OwnerToken.FileName)).Trim();
        var http = new HttpClient { BaseAddress = new Uri(_node.Address, "/api/v1/fleet/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private async Task<NodeId> Friend()
    {
        var friend = NodeOf(8);
        await _node.Get<RingBook>().AddAsync(friend, InviteKind.Friend, "a friend", Cancellation);
        return friend;
    }

    private async Task<(HttpStatusCode Status, string Body)> Get(NodeId who, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_node.Address, "/net/v1/" + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _node.TokenFor(who));
        using var response = await _http.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
