using Anarchive.Fleet;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Every configuration: what may be private never leaves the fleet.</summary>
public sealed class GateTests(ITestOutputHelper output)
{
    private const string SourceName = "somewhere";

    private static readonly bool[] Both = [false, true];

    /// <summary>None, one that nobody declared, and every one that can be declared.</summary>
    private static IEnumerable<(string? Name, Source? Source)> Sources =>
    [
        (null, null),
        (SourceName, null),
        .. from privacy in Enum.GetValues<Privacy>()
           from gate in Enum.GetValues<SourceGate>()
           from isolation in Enum.GetValues<Isolation>()
           select ((string?)SourceName, (Source?)new Source(SourceName, privacy, "host.example", gate, isolation)),
    ];

    [Fact]
    public void A_friend_keeps_only_what_is_public_or_opened_or_said_to_be_the_owners_own()
    {
        foreach (var privacy in Enum.GetValues<Privacy>())
            foreach (var (name, source) in Sources)
                foreach (var isTorrent in Both)
                    foreach (var isOwn in Both)
                    {
                        var item = SmallFleet.ItemOf(privacy, name, isTorrent ? SmallFleet.V1 : null, null);
                        var sources = new[] { source }.OfType<Source>().ToDictionary(s => s.Name);
                        var may = name is not null ? IsOpened(privacy, source)
                            : privacy == Privacy.No || (isOwn && privacy == Privacy.Unknown && !isTorrent);
                        Assert.Equal(may, Gates.MayLend(item, sources, isOwn));
                    }
    }

    [Fact]
    public void Whatever_may_be_private_is_named_by_the_fleet_and_opened_friends_alone()
    {
        var (asked, answered) = (0, 0);
        foreach (var privacy in Enum.GetValues<Privacy>())
            foreach (var source in Sources)
                foreach (var caller in Enum.GetValues<CallerRing>())
                    foreach (var (v1, v2) in new[] { (true, false), (false, true), (true, true) })
                        foreach (var optedIn in Both)
                            foreach (var hasSeedbox in Both)
                                foreach (var hasHost in Both)
                                {
                                    asked++;
                                    var fleet = Fleet(privacy, source, v1, v2, hasSeedbox);
                                    (fleet.OptedIn, fleet.BroadcastHost) = (optedIn, hasHost ? SmallFleet.Nas : null);
                                    var answer = fleet.Ask(v1 ? SmallFleet.V1 : SmallFleet.V2, caller);
                                    if (answer is not null) answered++;
                                    Check(privacy, source, caller, optedIn, answer);
                                }

        output.WriteLine($"{asked} configurations, {answered} answered");
        Assert.Equal(3 * 14 * 3 * 3 * 2 * 2 * 2, asked);
        Assert.InRange(answered, 1, asked - 1);
    }

    [Fact]
    public void One_private_file_makes_all_of_its_torrent_private() => Prop.ForAll(
        ArbMap.Default.ArbFor<Privacy[]>(), ArbMap.Default.ArbFor<bool>(), (files, isOpen) =>
        {
            if (files.Length == 0) return true;
            var fleet = new SmallFleet();
            var gate = isOpen ? SourceGate.Open : SourceGate.SearchOnly;
            fleet.State.Put(new Source(SourceName, Privacy.No, "host.example", gate, Isolation.Open));
            for (var n = 0; n < files.Length; n++)
                fleet.With(SmallFleet.ItemOf(files[n], SourceName, SmallFleet.V1, null, (byte)n));
            var answer = fleet.Ask(SmallFleet.V1, CallerRing.Fleet)!;
            var isPublic = files.All(f => f == Privacy.No);
            // The source was opened as a public one: what is known to be private is not what was meant.
            var isOpened = isOpen && !files.Contains(Privacy.Yes);
            return answer.Peers.Any(p => p.Via == PeerVia.Dht) == isPublic
                && answer.Peers.Any(p => p.Transports.Contains("bt")) == isPublic
                && answer.Peers.Any(p => p.Via == PeerVia.Friend) == isOpened
                && fleet.Ask(SmallFleet.V1, CallerRing.Friend) is not null == isOpened;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_reaper_removes_nothing_that_is_not_known_to_be_public() => Assert.All(
        Enum.GetValues<Privacy>(), p => Assert.Equal(p == Privacy.No, Gates.MayRemove(p)));

    [Fact]
    public void Sources_open_nothing_by_default()
    {
        var unknown = Gates.ScopeOf([], new Dictionary<string, Source>());
        Assert.Equal(new TorrentScope(Privacy.Unknown, SourceGate.SearchOnly, Isolation.F2fOnly), unknown);
        Assert.Equal(SourceGate.SearchOnly, Gates.ScopeOf(Privacy.No, null).Gate);
        Assert.Equal(default, unknown);
    }

    /// <summary>What is private goes to friends only from a source that was opened as a private one.</summary>
    private static bool IsOpened(Privacy privacy, Source? source) =>
        source?.Gate == SourceGate.Open && (privacy != Privacy.Yes || source.Privacy == Privacy.Yes);

    private static SmallFleet Fleet(
        Privacy privacy, (string? Name, Source? Source) source, bool v1, bool v2, bool hasSeedbox)
    {
        var fleet = new SmallFleet();
        if (source.Source is not null) fleet.State.Put(source.Source);
        return fleet.With(
            SmallFleet.ItemOf(privacy, source.Name, v1 ? SmallFleet.V1 : null, v2 ? SmallFleet.V2 : null), hasSeedbox);
    }

    private static void Check(
        Privacy privacy, (string? Name, Source? Source) source, CallerRing caller, bool optedIn, PeersAnswer? answer)
    {
        var isOpened = IsOpened(privacy, source.Source);
        var isPublic = privacy == Privacy.No
            && (source.Name is null || source.Source is { Privacy: Privacy.No });
        if (caller == CallerRing.Stranger || (caller == CallerRing.Friend && !isOpened))
        {
            Assert.Null(answer);
            return;
        }

        if (answer is null)
        {
            Assert.Equal(CallerRing.Friend, caller);
            return;
        }

        var ways = answer.Peers.Select(p => p.Via).ToHashSet();
        if (!isPublic)
        {
            Assert.Equal(Isolation.F2fOnly, answer.Scope.Isolation);
            Assert.DoesNotContain(PeerVia.Dht, ways);
            Assert.DoesNotContain(answer.Peers, p => p.Transports.Contains("bt"));
            Assert.DoesNotContain(answer.Peers, p => p.Address == SmallFleet.StrangerAddress);
        }

        if (!isOpened) Assert.DoesNotContain(PeerVia.Friend, ways);
        if (!optedIn) Assert.DoesNotContain(PeerVia.Dht, ways);
        if (caller == CallerRing.Friend) OnlyTheHost(answer);
        else Assert.Equal(answer.Withheld.Select(w => w.Via).Distinct(), answer.Withheld.Select(w => w.Via));
    }

    private static void OnlyTheHost(PeersAnswer answer)
    {
        var peer = Assert.Single(answer.Peers);
        Assert.Equal(SmallFleet.AddressOf(SmallFleet.Nas), peer.Address);
        Assert.Null(peer.Device);
        Assert.Equal((null, null, null), (peer.Evidence, peer.VerifiedMs, peer.UptimePermille));
        Assert.Empty(peer.Provenance);
        Assert.Empty(answer.Custodians);
        Assert.Empty(answer.Withheld);
    }
}
