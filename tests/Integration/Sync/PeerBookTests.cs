using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>How nodes find one another, and what they do not take from others.</summary>
public sealed class PeerBookTests : IAsyncLifetime
{
    private const string Listen = "https://127.0.0.1:0";

    private readonly List<LiveNode> _nodes = [];
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 3; i++) _nodes.Add(await LiveNode.Start(peerListen: Listen));
        _group = await _nodes[0].Found("cats");
        foreach (var guest in _nodes.Skip(1)) await guest.Join(_nodes[0], "cats");
        await Eventually.InStep(_group, [.. _nodes]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Members_that_know_only_the_owner_hear_of_one_another()
    {
        var (b, c) = (_nodes[1], _nodes[2]);
        await Eventually.True(
            () => Knows(b, c) && Knows(c, b), "B and C never heard of each other.", [.. _nodes]);
        await _nodes[0].Stop();
        await b.Say(_group);
        await c.Say(_group);
        await Eventually.InStep(_group, b, c);
    }

    [Fact]
    public async Task Gossip_leads_neither_inside_nor_over_what_the_owner_typed()
    {
        var (a, b) = (_nodes[0], _nodes[1]);
        var typed = Endpoint.TryParse("https://127.0.0.1:9")!;
        await a.Get<PeerBook>().TypedAsync(b.Id, typed, Cancellation);
        foreach (var url in new[] { "https://192.168.1.1:7421", "http://10.0.0.1:80", "https://[fd00::1]:7421" })
            await Tell(a, _nodes[2], b, url);
        var entries = a.Get<PeerBook>().Find(b.Id)!.Entries;
        Assert.Equal(typed, entries[0].Endpoint);
        Assert.All(entries, e => Assert.True(e.Endpoint.IsLoopback));
        await Tell(a, _nodes[2], b, "https://1.1.1.1:7421");
        entries = a.Get<PeerBook>().Find(b.Id)!.Entries;
        Assert.Equal(typed, entries[0].Endpoint);
        Assert.Equal("https://1.1.1.1:7421", entries.Single(e => e.Source == PeerSource.Gossip).Endpoint.ToString());
        Assert.Equal(_nodes[2].Id, entries.Single(e => e.Source == PeerSource.Gossip).From);
    }

    [Fact]
    public async Task Of_strangers_nothing_is_taken_and_nothing_told()
    {
        var a = _nodes[0];
        await using var stranger = await LiveNode.Start(peerListen: Listen);
        await Tell(a, _nodes[1], stranger, "https://1.1.1.1:7421");
        Assert.Null(a.Get<PeerBook>().Find(stranger.Id));
        // In another hive of the owner's it is no stranger to the owner, and one to the others.
        await a.Found("dogs");
        await stranger.Join(a, "dogs");
        var told = a.Get<PeerGossip>().For(_nodes[1].Id).Select(r => Read(r).Node).ToArray();
        Assert.DoesNotContain(stranger.Id, told);
        Assert.Contains(a.Id, told);
    }

    [Fact]
    public async Task What_is_known_of_peers_outlasts_a_restart()
    {
        var (a, b) = (_nodes[0], _nodes[1]);
        await Tell(a, _nodes[2], b, "https://1.1.1.1:7421");
        await a.Get<PeerBook>().PauseAsync(_nodes[2].Id, true, Cancellation);
        var before = a.Get<PeerBook>().Find(b.Id)!;
        await a.Restart(stopFirst: true);
        var after = a.Get<PeerBook>().Find(b.Id)!;
        Assert.Equal(
            before.Entries.Select(e => (e.Source, e.Endpoint, e.From, e.ExpiresMs)),
            after.Entries.Select(e => (e.Source, e.Endpoint, e.From, e.ExpiresMs)));
        Assert.True(a.Get<PeerBook>().Find(_nodes[2].Id)!.IsPaused);
    }

    [Fact]
    public async Task A_paused_peer_gets_503_and_none_of_what_is_written()
    {
        var (a, b) = (_nodes[0], _nodes[1]);
        await a.Get<PeerActs>().PauseAsync(b.Id, true, Cancellation);
        var refused = await Assert.ThrowsAsync<PeerException>(
            () => b.Get<PeerClient>().Of(a.Id, _group).StatusAsync(Cancellation));
        Assert.Equal(("not_ready", Failure.Throttled), (refused.Code, refused.Failure));
        Assert.Empty(a.Get<Sharing>().With(b.Id));
        Assert.Equal(PeerState.Paused, a.Mesh.View().Peers.Single(p => p.Id == b.Id).State);
    }

    /// <summary>One node tells another what a third has signed.</summary>
    private static Task Tell(LiveNode told, LiveNode by, LiveNode about, string url)
    {
        var later = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + PeerRecord.LifetimeMs + 60_000;
        var record = PeerRecord.Sign(Endpoint.TryParse(url)!, later, about.Get<NodeKey>());
        var wire = new WireKnownPeer(Base64UrlText.Encode(record.Bytes.Span), 1);
        return told.Get<PeerGossip>().TakeAsync(by.Id, [wire], Cancellation);
    }

    private static bool Knows(LiveNode one, LiveNode other) =>
        one.Get<PeerBook>().Find(other.Id) is { Token: not null };

    private static PeerRecord Read(WireKnownPeer wire) =>
        PeerRecord.Reread(Base64UrlText.Decode(wire.Record)!, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds())!;
}
