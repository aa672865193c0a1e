using System.Net;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class GossipTableTests
{
    private readonly Dictionary<NodeId, PeerEntry> _kept = [];

    [Fact]
    public async Task Of_a_hundred_thousand_fakes_at_most_200_are_kept_and_none_leads_inside()
    {
        var chance = new Random(20_260_101);
        var inside = ForbiddenHosts.All.Where(h => Endpoint.TryParse(Url(h)) is not null).ToArray();
        for (var i = 0; i < 100_000; i++)
        {
            var host = chance.Next(4) switch
            {
                0 => inside[chance.Next(inside.Length)],
                1 => new IPAddress(chance.NextInt64(1L << 32)).ToString(),
                2 => $"n{i}.d{chance.Next(5_000)}.example.net",
                _ => $"2a00:{chance.Next(1 << 16):x}:{chance.Next(1 << 16):x}::{chance.Next(1, 1 << 16):x}",
            };
            Offer(i, Url(host), from: chance.Next(1_000));
        }

        Assert.InRange(_kept.Count, 100, GossipTable.PeersMax);
        var dialled = new List<IPAddress>();
        // Names resolve to what their owner likes.
        var guard = new DialGuard(
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("10.0.0.1")]),
            (target, _) =>
            {
                dialled.Add(target.Address);
                return ValueTask.FromResult(Stream.Null);
            },
            TimeProvider.System);
        foreach (var entry in _kept.Values)
        {
            var (host, port) = (entry.Endpoint.Address.IdnHost, entry.Endpoint.Address.Port);
            try
            {
                var peer = new KnownPeer(default) { Entries = [entry] };
                var target = new DnsEndPoint(host, port);
                await guard.ConnectAsync(peer.Scope, target, TestContext.Current.CancellationToken);
            }
            catch (DialRefusedException)
            {
                // A name that led inside.
            }
        }

        Assert.NotEmpty(dialled);
        Assert.All(dialled, a => Assert.True(GlobalUnicast.Allows(a), a.ToString()));
    }

    [Fact]
    public void One_sender_fills_64_places_and_leaves_the_rest_to_others()
    {
        for (var i = 0; i < 1_000; i++) Offer(i, Apart(i), from: 1);
        Assert.Equal(GossipTable.PerSenderMax, _kept.Count);
        Assert.True(Offer(2_000, Apart(2_000), from: 2));
    }

    [Fact]
    public void A_hub_fills_half_the_table()
    {
        for (var i = 0; i < 1_000; i++) Offer(i, Apart(i), from: 1, PeerSource.Hub);
        Assert.Equal(GossipTable.PerHubMax, _kept.Count);
    }

    [Theory]
    [InlineData("https://1.2.3.{0}:7421")]
    [InlineData("https://[2a00:1:2:{0}::1]:7421")]
    [InlineData("https://n{0}.example.net:7421")]
    [InlineData("https://a.n{0}.example.net:7421")]
    public void One_network_or_domain_has_sixteen_places(string form)
    {
        for (var i = 1; i < 200; i++) Offer(i, string.Format(null, form, i), from: i);
        Assert.Equal(GossipTable.PerNetworkMax, _kept.Count);
    }

    [Fact]
    public void Ports_of_this_machine_are_no_network()
    {
        for (var i = 0; i < 40; i++) Keep(i, Entry($"http://127.0.0.1:{20_000 + i}", 1));
        Assert.True(GossipTable.RoomFor(Node(40), Entry("http://127.0.0.1:20040", 1), _kept).IsAdmitted);
    }

    [Fact]
    public void A_peer_that_failed_three_times_gives_way_and_one_that_did_not_stays()
    {
        for (var i = 0; i < GossipTable.PeersMax; i++) Offer(i, Apart(i), from: i);
        Assert.False(Offer(900, Apart(900), from: 900));
        Keep(7, _kept[Node(7)] with { Failures = 3 });
        Keep(8, _kept[Node(8)] with { Failures = 9 });
        Assert.True(Offer(900, Apart(900), from: 900));
        Assert.True(Offer(901, Apart(901), from: 901));
        Assert.False(Offer(902, Apart(902), from: 902));
        Assert.DoesNotContain(Node(7), _kept.Keys);
        Assert.DoesNotContain(Node(8), _kept.Keys);
        Assert.Equal(GossipTable.PeersMax, _kept.Count);
    }

    [Fact]
    public void Whoever_gives_way_makes_room_where_there_was_none()
    {
        for (var i = 0; i < GossipTable.PerSenderMax; i++) Offer(i, Apart(i), from: 1);
        Offer(500, Apart(500), from: 2);
        Keep(500, _kept[Node(500)] with { Failures = 9 });
        // Another sender's dead peer is no room for this one's.
        Assert.False(Offer(600, Apart(600), from: 1));
        Keep(3, _kept[Node(3)] with { Failures = 3 });
        Assert.True(Offer(600, Apart(600), from: 1));
    }

    [Fact]
    public void A_peer_that_moves_needs_no_second_place()
    {
        for (var i = 0; i < GossipTable.PerSenderMax; i++) Offer(i, Apart(i), from: 1);
        Assert.True(Offer(5, Apart(800), from: 1));
        Assert.Equal(GossipTable.PerSenderMax, _kept.Count);
    }

    /// <summary>As the peer book does: what may not be led to is not offered.</summary>
    private bool Offer(int peer, string url, int from, PeerSource source = PeerSource.Gossip)
    {
        var told = Entry(url, from, source);
        if (!Disclosure.MayLead(told.Endpoint, bothOnThisMachine: false)) return false;
        var room = GossipTable.RoomFor(Node(peer), told, _kept);
        if (!room.IsAdmitted) return false;
        if (room.InPlaceOf is { } gone) _kept.Remove(gone);
        Keep(peer, told);
        return true;
    }

    private void Keep(int peer, PeerEntry entry) => _kept[Node(peer)] = entry;

    private static PeerEntry Entry(string url, int from, PeerSource source = PeerSource.Gossip) =>
        new(source, Endpoint.TryParse(url) ?? throw new ArgumentException(url), 0, 0) { From = Node(-from) };

    private static string Url(string host)
    {
        var literal = IPAddress.TryParse(host, out var address) ? address.ToString() : host;
        return literal.Contains(':') && literal[0] != '[' ? $"https://[{literal}]:7421" : $"https://{literal}:7421";
    }

    /// <summary>Each in a network of its own.</summary>
    private static string Apart(int i) => $"https://1.{i / 256 % 256}.{i % 256}.1:7421";

    private static NodeId Node(int i) => new(Hash256.Sha256(BitConverter.GetBytes(i)));
}
