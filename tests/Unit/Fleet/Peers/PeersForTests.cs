using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PeersForTests
{
    private static readonly Source Open = new(
        "somewhere", Privacy.No, "host.example", SourceGate.Open, Isolation.Open);

    private static readonly Item Public = SmallFleet.ItemOf(Privacy.No, Open.Name, SmallFleet.V1, SmallFleet.V2);

    private readonly SmallFleet _fleet = new();

    public PeersForTests()
    {
        _fleet.State.Put(Open);
        _fleet.With(Public);
    }

    [Fact]
    public void The_fleet_comes_before_the_seedbox_friends_and_the_dht()
    {
        var answer = Ask();
        Assert.Equal(
            [PeerVia.Fleet, PeerVia.Fleet, PeerVia.Seedbox, PeerVia.Friend, PeerVia.Dht],
            answer.Peers.Select(p => p.Via));
        Assert.Equal(
            new[] { SmallFleet.Nas, SmallFleet.Desk }.Order(), answer.Peers.Take(2).Select(p => p.Device!.Value));
    }

    [Fact]
    public void What_a_friend_keeps_is_named_to_the_fleet_as_a_friends_and_to_other_friends_not_at_all()
    {
        foreach (var home in new[] { SmallFleet.Nas, SmallFleet.Desk })
            _fleet.Hold(Public.Id, home, null, HoldingState.Gone);
        _fleet.State.Put(_fleet.State.Devices[SmallFleet.Seedbox] with
        {
            Services = [Device.FriendService],
            Steward = SmallFleet.Nas.AsNode(),
        });
        Assert.Equal(PeerVia.Friend, Ask().Peers.Single(p => p.Device == SmallFleet.Seedbox).Via);
        Assert.Null(_fleet.Ask(SmallFleet.V1, CallerRing.Friend));
    }

    [Fact]
    public void A_dead_device_gives_nothing_and_is_no_custodian()
    {
        var answer = Ask();
        Assert.DoesNotContain(answer.Peers, p => p.Device == SmallFleet.Dead);
        Assert.Equal(
            new[] { SmallFleet.Nas, SmallFleet.Desk, SmallFleet.Seedbox }.Order(), answer.Custodians);
    }

    [Fact]
    public void An_old_proof_and_a_claim_make_no_custodian()
    {
        _fleet.Hold(Public.Id, SmallFleet.Nas, SmallFleet.Now - Holding.WindowMs - 1);
        _fleet.Hold(Public.Id, SmallFleet.Desk, null);
        var answer = Ask();
        Assert.Equal([SmallFleet.Seedbox], answer.Custodians);
        Assert.Equal(Evidence.Claimed, answer.Peers.Single(p => p.Device == SmallFleet.Desk).Evidence);
    }

    [Theory]
    [InlineData(HoldingState.Partial)]
    [InlineData(HoldingState.Quarantined)]
    [InlineData(HoldingState.Gone)]
    public void What_is_not_there_whole_is_not_offered(HoldingState state)
    {
        _fleet.Hold(Public.Id, SmallFleet.Nas, SmallFleet.Now, state);
        Assert.DoesNotContain(Ask().Peers, p => p.Device == SmallFleet.Nas);
    }

    [Fact]
    public void Part_of_a_torrent_is_offered_as_part_of_it()
    {
        var other = SmallFleet.ItemOf(Privacy.No, Open.Name, SmallFleet.V1, null, 2);
        _fleet.State.Put(other);
        _fleet.Hold(other.Id, SmallFleet.Nas, SmallFleet.Now);
        var answer = Ask();
        Assert.Equal(1000, answer.Peers.Single(p => p.Device == SmallFleet.Nas).CompletePermille);
        Assert.Equal(500, answer.Peers.Single(p => p.Device == SmallFleet.Desk).CompletePermille);
        Assert.Equal([SmallFleet.Nas], answer.Custodians);
    }

    [Fact]
    public void One_address_by_two_ways_is_one_peer_with_both_words()
    {
        _fleet.Outside =
        [
            new(PeerVia.Dht, SmallFleet.AddressOf(SmallFleet.Seedbox), "dht"),
            new(PeerVia.Friend, SmallFleet.AddressOf(SmallFleet.Seedbox), "friend:9"),
        ];
        var answer = Ask();
        var merged = Assert.Single(answer.Peers, p => p.Address == SmallFleet.AddressOf(SmallFleet.Seedbox));
        Assert.Equal((PeerVia.Seedbox, SmallFleet.Seedbox), (merged.Via, merged.Device!.Value));
        Assert.Equal(3, merged.Provenance.Count);
        Assert.Equal(3, answer.Peers.Count);
    }

    [Fact]
    public void Both_names_of_a_hybrid_torrent_lead_to_it()
    {
        Assert.Equal(
            Ask().Peers.Select(p => p.Address),
            _fleet.Ask(SmallFleet.V2, CallerRing.Fleet)!.Peers.Select(p => p.Address));
    }

    [Fact]
    public void What_the_owner_did_not_open_to_the_dht_is_withheld_with_the_reason()
    {
        _fleet.OptedIn = false;
        Assert.Equal([new Withheld(PeerVia.Dht, "not_opted_in")], Ask().Withheld);
        _fleet.State.Put(Open with { Gate = SourceGate.SearchOnly, Isolation = Isolation.F2fOnly });
        Assert.Equal(
            [new Withheld(PeerVia.Friend, "search_only"), new Withheld(PeerVia.Dht, "f2f_only")], Ask().Withheld);
    }

    [Fact]
    public void A_torrent_that_only_a_client_knows_stays_within_the_fleet()
    {
        var hash = new string('9', 40);
        _fleet.State.Put(new TorrentReport(hash, SmallFleet.Nas, "healthy", 1, 250));
        var answer = _fleet.Ask(hash, CallerRing.Fleet)!;
        var peer = Assert.Single(answer.Peers);
        Assert.Equal((250, Evidence.Claimed), (peer.CompletePermille, peer.Evidence));
        Assert.Equal(Isolation.F2fOnly, answer.Scope.Isolation);
        Assert.Null(_fleet.Ask(hash, CallerRing.Friend));
    }

    [Fact]
    public void A_friend_hears_nothing_of_what_nobody_can_give()
    {
        Assert.NotNull(_fleet.Ask(SmallFleet.V1, CallerRing.Friend));
        foreach (var device in new[] { SmallFleet.Nas, SmallFleet.Desk, SmallFleet.Seedbox })
            _fleet.Hold(Public.Id, device, null, HoldingState.Gone);
        Assert.Null(_fleet.Ask(SmallFleet.V1, CallerRing.Friend));
    }

    [Theory]
    [InlineData(CallerRing.Fleet)]
    [InlineData(CallerRing.Friend)]
    [InlineData(CallerRing.Stranger)]
    public void Of_an_unknown_torrent_everybody_hears_the_same(CallerRing caller) =>
        Assert.Null(_fleet.Ask(new string('0', 40), caller));

    [Theory]
    [InlineData("1111111111111111111111111111111111111111", true)]
    [InlineData("1111111111111111111111111111111111111111111111111111111111111111", true)]
    [InlineData("111111111111111111111111111111111111111A", false)]
    [InlineData("11111111111111111111111111111111111111", false)]
    [InlineData("../etc/passwd", false)]
    [InlineData(null, false)]
    public void An_info_hash_has_40_or_64_digits(string? text, bool isOne) =>
        Assert.Equal(isOne, PeersFor.IsInfoHash(text));

    private PeersAnswer Ask() => _fleet.Ask(SmallFleet.V1, CallerRing.Fleet)!;
}
