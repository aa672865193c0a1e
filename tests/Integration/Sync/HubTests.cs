using System.Collections.Concurrent;
using System.Net;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A hub, the nodes that use it, and what it cannot do to them.</summary>
public sealed class HubTests : IAsyncLifetime
{
    private const string Listen = "https://127.0.0.1:0";

    private readonly List<LiveNode> _nodes = [];
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private LiveNode _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HubBook Book => _hub.Get<HubBook>();

    public async ValueTask InitializeAsync() =>
        _hub = await LiveNode.Start(_time, peerListen: Listen, with: o => o with { IsHub = true });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task A_node_waits_for_the_hubs_owner_and_then_hears_of_members_of_its_hives()
    {
        var (a, b) = (await Started(), await Started());
        var group = await a.Found("cats");
        await b.Join(a, "cats");
        await Eventually.True(() => Book.Find(a.Id) is not null && Book.Find(b.Id) is not null, "Nobody registered.");
        Assert.DoesNotContain(Book.All, n => n.IsAdmitted);
        Assert.DoesNotContain(a.Get<PeerBook>().All, p => p.Entries.Any(e => e.Source == PeerSource.Hub));

        var told = new List<string>();
        Book.Changed += e => told.Add(e.Kind);
        Assert.True(await Book.AdmitAsync(a.Id, Cancellation));
        Assert.True(await Book.AdmitAsync(b.Id, Cancellation));
        Assert.Equal(["admitted", "admitted"], told.Where(k => k == "admitted"));
        await Eventually.True(
            () => ByHub(a, b) is not null && ByHub(b, a) is not null, "The hub told nothing.", a, b);
        Assert.Equal(_hub.Id, ByHub(a, b)!.From);
        Assert.Equal(b.PeerAddress, ByHub(a, b)!.Endpoint.Address);
        Assert.Contains(group, Book.Find(a.Id)!.Groups);
        // The hub is told of no event, and is no peer.
        Assert.False(_hub.Writer.Holds(group));
        Assert.Empty(_hub.Get<PeerBook>().All);
    }

    [Fact]
    public async Task A_key_admits_once_or_often_and_not_after_it_was_revoked()
    {
        var (_, single) = (await Book.MakeKeyAsync(isReusable: false, 3_600_000, Cancellation))!.Value;
        var (kept, often) = (await Book.MakeKeyAsync(isReusable: true, 3_600_000, Cancellation))!.Value;
        var (_, late) = (await Book.MakeKeyAsync(isReusable: true, lifetimeMs: 0, Cancellation))!.Value;
        Assert.True(await Admitted(single));
        Assert.False(await Admitted(single));
        Assert.True(await Admitted(often));
        Assert.True(await Admitted(often));
        Assert.False(await Admitted(late));
        Assert.True(await Book.RevokeKeyAsync(kept.Id, Cancellation));
        Assert.False(await Admitted(often));
        Assert.Equal(3, Book.All.Count(n => n.IsAdmitted));
    }

    [Fact]
    public async Task A_dead_hub_changes_nothing_and_one_that_is_back_is_told_again()
    {
        var (a, b) = (await Started(), await Started());
        var group = await a.Found("cats");
        await b.Join(a, "cats");
        await Eventually.True(() => Book.Find(a.Id) is not null && Book.Find(b.Id) is not null, "Nobody registered.");
        await Book.AdmitAsync(a.Id, Cancellation);
        await Book.AdmitAsync(b.Id, Cancellation);
        await Eventually.True(() => ByHub(a, b) is not null, "The hub told nothing.", a, b);
        await _hub.Stop();
        await a.Say(group);
        await b.Say(group);
        await Eventually.InStep(group, a, b);
        await a.Restart(stopFirst: true);
        Assert.NotNull(ByHub(a, b));
        await _hub.Restart();
        var since = Book.Find(b.Id)!.HeardMs;
        Assert.True(Book.Find(b.Id)!.IsAdmitted);
        await Eventually.True(() => Book.Find(b.Id)!.HeardMs > since, "B did not register again.", b);
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_told_of_once_and_again_when_it_is_back()
    {
        var told = new ConcurrentQueue<(string Kind, NodeId Node)>();
        Book.Changed += e => told.Enqueue((e.Kind, e.Node));
        var a = await Started();
        await Eventually.True(() => Book.Find(a.Id) is not null, "It never registered.");
        await a.Stop();
        _time.Skip(TimeSpan.FromMilliseconds(Limits.SilentMs / 2));
        Assert.InRange(Book.TellStale(), 1, Limits.SilentMs / 2);
        Assert.DoesNotContain(told, t => t.Kind == "stale");

        _time.Skip(TimeSpan.FromMilliseconds(Limits.SilentMs));
        await Eventually.True(() => told.Any(t => t.Kind == "stale"), "Nobody was told.");
        Assert.Equal(Limits.SilentMs + 1, Book.TellStale());
        await a.Restart();
        await Eventually.True(() => told.Any(t => t.Kind == "returned"), "It did not come back.");
        await Eventually.True(() => told.Last().Kind == "heard", "It did not call again.");
        Assert.Equal(
            [("registered", a.Id), ("stale", a.Id), ("returned", a.Id)], told.Where(t => t.Kind != "heard"));
    }

    [Fact]
    public async Task A_node_that_was_silent_before_the_hub_started_anew_returns_when_it_calls()
    {
        var a = await Started();
        await Eventually.True(() => Book.Find(a.Id) is not null, "It never registered.");
        await a.Stop();
        await _hub.Stop();
        _time.Skip(TimeSpan.FromMilliseconds(2 * Limits.SilentMs));
        await _hub.Restart();
        var told = new ConcurrentQueue<string>();
        Book.Changed += e => told.Enqueue(e.Kind);
        Assert.Equal(Limits.SilentMs + 1, Book.TellStale());
        Assert.Empty(told);
        await a.Restart();
        await Eventually.True(() => !told.IsEmpty, "It did not call.");
        Assert.Equal("returned", told.First());
    }

    [Fact]
    public async Task A_hive_that_is_founded_joined_or_left_is_told_at_once()
    {
        // Registrations are a minute apart, so none comes in between.
        var (_, key) = (await Book.MakeKeyAsync(isReusable: true, 3_600_000, Cancellation))!.Value;
        var told = new ConcurrentQueue<(string Kind, NodeId Node, GroupId? Group)>();
        Book.Changed += e => told.Enqueue((e.Kind, e.Node, e.Group));
        var (a, b) = (await Started($"{Address()}/{key}", 30), await Started($"{Address()}/{key}", 30));
        await Eventually.True(
            () => Book.Find(a.Id) is { IsAdmitted: true } && Book.Find(b.Id) is { IsAdmitted: true }, "Not let in.");
        var group = await a.Found("cats");
        await Eventually.True(() => Book.Find(a.Id)!.Groups.Contains(group), "The hub does not know of A's hive.");
        await b.Join(a, "cats");
        await Eventually.True(() => Book.Find(b.Id)!.Groups.Contains(group), "The hub does not know that B joined.");
        await Eventually.True(() => ByHub(b, a) is not null, "B did not ask who else is there.", a, b);
        Assert.Null(await b.Mesh.LeaveAsync("cats", Cancellation));
        await Eventually.True(() => Book.Find(b.Id)!.Groups.Count == 0, "The hub does not know that B left.");
        await Eventually.True(() => told.Any(t => t.Kind == "left"), "That B left is not told.");
        Assert.Equal(
            [("joined", a.Id, group), ("joined", b.Id, group), ("left", b.Id, (GroupId?)group)],
            told.Where(t => t.Kind != "registered"));
        await _hub.Restart(stopFirst: true);
        Assert.Equal([group], Book.Find(a.Id)!.Groups);
        Assert.Empty(Book.Find(b.Id)!.Groups);
    }

    [Fact]
    public async Task A_node_speaks_for_itself_only_and_once_it_is_let_in()
    {
        var a = await Started(Address(), 30);
        await using var other = await LiveNode.Start(_time);
        var group = await other.Found("dogs");
        await Eventually.True(() => Book.Find(a.Id) is not null, "It never registered.");
        Assert.Equal(404, await Name(group.ToString(), "join", Signature(a, group.ToString(), "join")));
        await Book.AdmitAsync(a.Id, Cancellation);

        var signature = Signature(a, group.ToString(), "join");
        Assert.Equal(404, await Name(group.ToString(), "join", signature with { Sender = other.Id }));
        Assert.Equal(404, await Name(group.ToString(), "leave", signature));
        Assert.Equal(404, await Name("x", "join", Signature(a, "x", "join")));
        Assert.Equal(404, await Name(group.ToString(), "join", Signature(other, group.ToString(), "join")));
        Assert.Empty(Book.Find(a.Id)!.Groups);
        Assert.Equal(200, await Name(group.ToString(), "join", signature));
        Assert.Equal([group], Book.Find(a.Id)!.Groups);
        Assert.Equal(404, await Name(group.ToString(), "join", signature));
        Assert.Equal(200, await Name(group.ToString(), "join", Signature(a, group.ToString(), "join")));
        Assert.Equal([group], Book.Find(a.Id)!.Groups);
        Assert.Equal(200, await Name(group.ToString(), "leave", Signature(a, group.ToString(), "leave")));
        Assert.Empty(Book.Find(a.Id)!.Groups);
        Assert.Null(Book.Find(other.Id));
    }

    [Fact]
    public async Task A_lying_hub_leads_nowhere_and_takes_nobodys_place()
    {
        var (a, b, stranger) = (await Started(), await Started(), await Started());
        await a.Found("cats");
        await b.Join(a, "cats");
        await Eventually.True(
            () => a.Get<PeerBook>().Find(b.Id) is { Identity: not null, Record: not null }, "A never called B.", a, b);
        var before = a.Get<PeerBook>().Find(b.Id)!;
        var forged = Record(b, "https://1.1.1.1:7421");
        forged[^1] ^= 1;
        byte[][] lies =
        [
            forged,
            Record(b, "https://192.168.1.1:7421"),
            Record(b, "http://1.1.1.1:7421"),
            Record(stranger, "https://1.1.1.1:7421"),
            Record(a, "https://1.1.1.1:7421"),
            // Of yesterday: the peer has moved since.
            Record(b, "https://1.1.1.1:7421", -PeerRecord.LifetimeMs / 2),
        ];
        await Tell(a, lies);
        Assert.Null(a.Get<PeerBook>().Find(stranger.Id));
        var after = a.Get<PeerBook>().Find(b.Id)!;
        Assert.Equal(before.Entries.Select(e => e.Endpoint), after.Entries.Select(e => e.Endpoint));
        Assert.Equal(before.Identity, after.Identity);
        // What the peer has signed is kept beside what the owner and the peer said, and the key stays pinned.
        await Tell(a, [Record(b, "https://1.1.1.1:7421")]);
        after = a.Get<PeerBook>().Find(b.Id)!;
        Assert.Equal("https://1.1.1.1:7421", ByHub(a, b)!.Endpoint.ToString());
        Assert.Equal((before.Endpoint, before.Identity), (after.Endpoint, after.Identity));
    }

    [Fact]
    public async Task Whoever_takes_the_hubs_place_is_told_nothing()
    {
        var at = Endpoint.TryParse(_hub.PeerAddress.GetLeftPart(UriPartial.Authority))!;
        await using var other = await LiveNode.Start();
        var options = new HubAddress(at, other.Id, null);
        var a = await Started(options);
        var refused = await Assert.ThrowsAsync<PeerException>(
            () => a.Get<PeerClient>().ProbeAsync(at, DialScope.Typed, other.Id, Cancellation));
        Assert.Equal("not_found", refused.Code);
        Assert.Null(Book.Find(a.Id));
    }

    [Fact]
    public async Task Without_a_signature_a_hub_is_as_quiet_as_any_node()
    {
        await using var none = await LiveNode.Start(peerListen: Listen);
        using var http = AnyCertificate();
        var answers = new HashSet<string>();
        var notFoundBytes = """{"error":{"code":"not_found"}}""".Length;
        Assert.Contains(("POST", "/api/v1/map/groups/x/join"), Routes.Of(_hub));
        foreach (var node in new[] { _hub, none })
        {
            foreach (var (method, path) in Routes.Of(_hub))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(node.PeerAddress, path));
                if (method is "POST") request.Content = new StringContent("{}");
                using var answer = await http.SendAsync(request, Cancellation);
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                Assert.Equal(notFoundBytes, answer.Content.Headers.ContentLength);
                // An answer to HEAD has the same head, and no body.
                var body = await answer.Content.ReadAsStringAsync(Cancellation);
                if (method == "HEAD") Assert.Empty(body);
                else answers.Add(body);
            }
        }

        Assert.Single(answers);
        Assert.Empty(Book.All);
    }

    private Task<LiveNode> Started(HubAddress? hub = null) => Started(hub?.ToString() ?? Address(), 1);

    private async Task<LiveNode> Started(string hub, int heartbeatSeconds)
    {
        var node = await LiveNode.Start(
            _time, peerListen: Listen, with: o => o with { Hubs = [hub], HeartbeatSeconds = heartbeatSeconds });
        _nodes.Add(node);
        return node;
    }

    private string Address() => $"{_hub.PeerAddress.GetLeftPart(UriPartial.Authority)}#{_hub.Id}";

    /// <summary>A node registers with a key; whether that let it in.</summary>
    private async Task<bool> Admitted(string key)
    {
        var node = await Started($"{Address()}/{key}", 30);
        await Eventually.True(() => Book.Find(node.Id) is not null, "It never registered.");
        return Book.Find(node.Id)!.IsAdmitted;
    }

    private Uri At(string group, string act) => new(_hub.PeerAddress, $"/api/v1/map/groups/{group}/{act}");

    private RequestSignature Signature(LiveNode by, string group, string act)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(group, act));
        by.Get<RequestSigning>().Sign(request, [], _hub.Get<NodeKey>().PublicKey);
        return RequestSignature.TryParse(request.Headers.GetValues(RequestSignature.Header).Single())!;
    }

    private async Task<int> Name(string group, string act, RequestSignature signature)
    {
        using var http = AnyCertificate();
        using var request = new HttpRequestMessage(HttpMethod.Post, At(group, act));
        request.Headers.Add(RequestSignature.Header, signature.ToString());
        using var answer = await http.SendAsync(request, Cancellation);
        return (int)answer.StatusCode;
    }

    private static HttpClient AnyCertificate() => new(new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = (_, _, _, _) => true,
    });

    private Task Tell(LiveNode node, IEnumerable<byte[]> records)
    {
        var hub = new HubAddress(Endpoint.TryParse("https://2.2.2.2:7421")!, _hub.Id, null);
        return node.Get<HubLoop>().TakeAsync(
            hub, new HubPeers([.. records.Select(r => new HubPeer(Base64UrlText.Encode(r), false))]), Cancellation);
    }

    private static byte[] Record(LiveNode of, string url, long laterMs = 60_000) => PeerRecord.Sign(
        Endpoint.TryParse(url)!,
        DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + PeerRecord.LifetimeMs + laterMs,
        of.Get<NodeKey>()).Bytes.ToArray();

    private static PeerEntry? ByHub(LiveNode one, LiveNode other) =>
        one.Get<PeerBook>().Find(other.Id)?.Entries.FirstOrDefault(e => e.Source == PeerSource.Hub);
}
