using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>How the devices of a fleet watch each other, with real nodes that stop and come back.</summary>
public sealed class ProbeTests : IAsyncLifetime
{
    private static readonly ReachabilitySteps Hasty = new(2, 20 * 60_000, 40 * 60_000);

    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private TimeSpan _ahead;
    private MediaBox _a = null!;
    private MediaBox _b = null!;
    private NodeId _ofA;
    private NodeId _ofB;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _a = await Start();
        _b = await Start();
        await Pairings.Pair(_a.Node, _b.Node, InviteKind.Device);
        await InStep();
        (_ofA, _ofB) = (_a.Node.Id, _b.Node.Id);
        await _a.Declare("NAS", "attic");
        await _b.Declare("PC", "study");
        await InStep();
    }

    public async ValueTask DisposeAsync()
    {
        await _b.DisposeAsync();
        await _a.DisposeAsync();
    }

    [Fact]
    public async Task Two_devices_watch_each_other_and_say_it_once()
    {
        await Round(_a);
        await Round(_b);
        await InStep();
        await Round(_a);
        await Round(_b);
        await InStep();
        foreach (var box in new[] { _a, _b })
            Assert.All(Probes(box), p => Assert.Equal(
                (Anarchive.Fleet.Reachability.Up, 1000), (p.State, p.UptimePermille)));
        Assert.Equal(4, Probes(_a).Count);
        Assert.All(Probes(_a), p => Assert.Single(p.FreeBytes));
        var said = Head(_a);
        await Round(_a);
        await Round(_a);
        Assert.Equal(said, Head(_a));
        _ahead += TimeSpan.FromDays(1);
        await Round(_a);
        Assert.NotEqual(said, Head(_a));
    }

    [Fact]
    public async Task A_device_that_stops_is_suspect_then_away_then_lost_and_counts_again_when_it_shows_its_volumes()
    {
        await Round(_b);
        await InStep();
        await Round(_a);
        await _b.Node.Stop();
        await Silent();
        Assert.Equal(Anarchive.Fleet.Reachability.Up, Last(_a, _b).State);
        await Round(_a);
        await Round(_a);
        Assert.Equal(Anarchive.Fleet.Reachability.Suspect, Last(_a, _b).State);
        for (var round = 0; round < 3; round++) await Round(_a);
        Assert.Equal(Anarchive.Fleet.Reachability.Away, Last(_a, _b).State);
        await _a.Node.Restart(stopFirst: true);
        for (var round = 0; round < 4; round++) await Round(_a);
        Assert.Equal(Anarchive.Fleet.Reachability.Lost, Last(_a, _b).State);
        // A day later it is back, and has said nothing of its volumes since.
        _ahead += TimeSpan.FromDays(2);
        _time.SetAhead(_ahead);
        await _b.Node.Restart();
        await Eventually.True(() => Answers(_a), "It is not heard.", _a.Node);
        await Round(_a);
        Assert.Equal(Anarchive.Fleet.Reachability.Up, Last(_a, _b).State);
        Assert.Equal([ProbeRound.Returned], Last(_a, _b).Flags);
        Assert.Empty(Last(_a, _b).FreeBytes);
        await Round(_b);
        await InStep();
        await Round(_a);
        Assert.Empty(Last(_a, _b).Flags);
        Assert.Single(Last(_a, _b).FreeBytes);
    }

    [Fact]
    public async Task A_node_that_is_cut_off_marks_nobody_and_says_nothing()
    {
        await Round(_a);
        await _b.Node.Stop();
        await Silent();
        var said = Head(_a);
        for (var round = 0; round < 30; round++) await Round(_a, isOnNetwork: false);
        Assert.Equal(Anarchive.Fleet.Reachability.Up, Last(_a, _b).State);
        Assert.Equal(0, _a.Node.Get<ProbeTracks>().All()[Id(_b)].Missed);
        Assert.Equal(said, Head(_a));
    }

    [Fact]
    public async Task A_volume_without_its_marker_is_said_to_be_absent_and_a_disk_that_is_back_to_be_there()
    {
        await Round(_a);
        Assert.Single(Last(_a, _a).FreeBytes);
        var marker = Path.Combine(_a.Root, ".anarchive");
        Directory.Move(marker, marker + "-away");
        await Round(_a);
        Assert.Equal([OwnHealth.VolumeAbsent], Last(_a, _a).Flags);
        Assert.Empty(Last(_a, _a).FreeBytes);
        Directory.Move(marker + "-away", marker);
        await Round(_a);
        Assert.Empty(Last(_a, _a).Flags);
        Assert.Single(Last(_a, _a).FreeBytes);
    }

    [Fact]
    public async Task A_device_that_nobody_declared_says_nothing_and_founds_no_fleet()
    {
        await using var alone = await LiveNode.Start();
        await alone.Get<ProbeRound>().RunAsync(Cancellation);
        Assert.Null(alone.Get<OwnFleet>().Group);
    }

    /// <summary>Its own rounds do not come between those of a test, however slow the machine is.</summary>
    private Task<MediaBox> Start() => MediaBox.Start(
        _time, with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true,
        services: all => all.Remove(all.Single(s => s.ImplementationType == typeof(ProbeLoop))));

    /// <summary>Five minutes later by every wall clock.</summary>
    private Task<ProbeReport?> Round(MediaBox box, bool isOnNetwork = true)
    {
        _ahead += TimeSpan.FromMinutes(5);
        _time.SetAhead(_ahead);
        var node = box.Node;
        var door = new DeviceDoor(node.Get<PeerLoop>(), node.Get<PeerBook>(), node.Get<PeerClient>())
        {
            IsOnNetwork = () => isOnNetwork,
        };
        return new ProbeRound(
            node.Get<FleetBook>(), node.Get<FleetDesk>(), node.Get<ProbeTracks>(), door, node.Get<OwnHealth>(),
            node.Get<StoreTelling>(), node.Get<FriendBook>(), node.Get<RingBook>(), _time,
            NullLogger<ProbeRound>.Instance)
        {
            Steps = Hasty,
        }.RunAsync(Cancellation);
    }

    private Task InStep() =>
        Eventually.InStep(_a.Node.Get<OwnFleet>().Group!.Value, _a.Node, _b.Node);

    private Task Silent() => Eventually.True(() => !Answers(_a), "It is heard still.", _a.Node);

    private static bool Answers(MediaBox box) =>
        box.Node.Get<PeerLoop>().Links.All(l => l.Look(s => s.Contact) == Contact.Up);

    private static VersionVector Head(MediaBox box) =>
        box.Node.Writer.Durable(box.Node.Get<OwnFleet>().Group!.Value);

    private static List<Probe> Probes(MediaBox box) =>
        box.Node.Get<FleetBook>().Read(state => state.Probes.ToList());

    private Probe Last(MediaBox by, MediaBox of) =>
        Assert.Single(Probes(by), p => p.Subject == Id(of) && p.Observer == Id(by).AsNode());

    /// <summary>Also of one that is stopped.</summary>
    private DeviceId Id(MediaBox box) => DeviceId.Of(box == _a ? _ofA : _ofB);
}
