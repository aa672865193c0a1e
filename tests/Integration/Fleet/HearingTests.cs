using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a node says of a device whose plug is pulled, before any round of looks.</summary>
public sealed class HearingTests : IAsyncLifetime
{
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private MediaBox _a = null!;
    private MediaBox _b = null!;
    private DeviceId _other;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DeviceStanding Other => _a.Node.Get<FleetQueries>().Device(_other.ToString()).Device!;

    public async ValueTask InitializeAsync()
    {
        _a = await Start();
        _b = await Start();
        await Pairings.Pair(_a.Node, _b.Node, InviteKind.Device);
        var fleet = _a.Node.Get<OwnFleet>().Group!.Value;
        await Eventually.InStep(fleet, _a.Node, _b.Node);
        _other = DeviceId.Of(_b.Node.Id);
        await _a.Declare("NAS", "attic");
        await _b.Declare("PC", "study");
        await Eventually.InStep(fleet, _a.Node, _b.Node);
    }

    public async ValueTask DisposeAsync()
    {
        await _b.DisposeAsync();
        await _a.DisposeAsync();
    }

    [Fact]
    public async Task A_device_whose_plug_is_pulled_is_not_heard_any_more_by_the_clock_alone()
    {
        await _b.Node.Get<ProbeRound>().RunAsync(Cancellation);
        await _a.Node.Get<ProbeRound>().RunAsync(Cancellation);
        await Eventually.True(
            () => Other is { Hearing: Hearing.Now, Heard: Anarchive.Fleet.Reachability.Up }, "Not heard.", _a.Node);
        var before = Other.HeardMs!.Value;
        // The last word is counted on with each heartbeat, though nobody looked again.
        await Eventually.True(() => Other.HeardMs > before, "Its heartbeats do not count.", _a.Node);
        using var page = await OpenPage.Of(_a.Node.Address, $"?topic=device&name={_other}");
        using var list = await OpenPage.Of(_a.Node.Address, "?topic=fleet");
        await page.SeeAsync("device-facts", ">Up<");

        await _b.Node.Stop();
        var pulled = NowMs();
        _time.Skip(TimeSpan.FromMinutes(2));
        await Eventually.True(() => Other.Hearing == Hearing.NoMore, "It is heard still.", _a.Node);
        Assert.InRange(Other.HeardMs!.Value, before, pulled);
        // No round of looks has taken place: what the log says of it is as before.
        Assert.Equal(Anarchive.Fleet.Reachability.Up, Other.Heard);
        await page.SeeAsync("device-facts", "Not heard for");
        Assert.DoesNotContain(">Up<", page.Now("device-facts"));
        await list.SeeAsync("fleet-devices", "Not heard for");
        var other = Other;
        Assert.Equal((true, other.HeardMs), (other.Dto().Silent, other.Dto().HeardMs));
    }

    [Fact]
    public async Task When_it_was_heard_follows_a_clock_that_is_put_right_and_a_paused_one_is_not_called_silent()
    {
        await Eventually.True(() => Other.Hearing == Hearing.Now, "Not heard.", _a.Node);
        // As after a machine has slept, or got the time from the net: spans know nothing of it.
        _time.SetAhead(TimeSpan.FromHours(8));
        Assert.InRange(NowMs() - Other.HeardMs!.Value, 0, 60_000);
        _time.SetAhead(TimeSpan.Zero);

        Assert.Null((await _a.Node.Get<PeerActs>().PauseAsync(_b.Node.Id, true, Cancellation)));
        _time.Skip(TimeSpan.FromHours(1));
        Assert.Equal(Hearing.Never, Other.Hearing);
    }

    [Fact]
    public async Task When_it_was_heard_is_kept_by_the_wall_clock_and_a_start_alone_calls_nobody_silent()
    {
        await Eventually.True(() => Other.Hearing == Hearing.Now, "Not heard.", _a.Node);
        _time.SetAhead(TimeSpan.FromHours(8));
        var before = NowMs() - 60_000;
        await _b.Node.Stop();
        _time.Skip(TimeSpan.FromMinutes(2));
        await Eventually.True(() => Other.Hearing == Hearing.NoMore, "It is heard still.", _a.Node);
        await Eventually.True(
            () => _a.Node.Get<PeerBook>().Find(_other.AsNode())!.HeardMs >= before, "It is kept by another clock.",
            _a.Node);

        await _a.Node.Restart(stopFirst: true);
        Assert.Equal(Hearing.Now, Other.Hearing);
        Assert.InRange(Other.HeardMs!.Value, before, NowMs());
        _time.Skip(TimeSpan.FromMinutes(2));
        await Eventually.True(() => Other.Hearing == Hearing.NoMore, "Its silence is not seen.", _a.Node);
    }

    [Fact]
    public async Task A_device_called_dead_was_heard_when_it_was_and_has_no_uptime()
    {
        await _b.Node.Get<ProbeRound>().RunAsync(Cancellation);
        await _a.Node.Get<ProbeRound>().RunAsync(Cancellation);
        await Eventually.True(() => Other.UptimePermille == 1000, "Nobody reported.", _a.Node);
        await _b.Node.Stop();
        var pulled = NowMs();
        _time.Skip(TimeSpan.FromMinutes(1));
        Assert.Null((await _a.Node.Get<FleetDesk>().SayAsync(
            new DeviceStateSet(_other, DeviceState.Dead), dryRun: false, Cancellation)).Problem);
        Assert.Null(Other.UptimePermille);
        Assert.True(Other.HeardMs <= pulled);
        using var list = await OpenPage.Of(_a.Node.Address, "?topic=fleet");
        await list.SeeAsync("fleet-devices", "Dead");
        var row = list.Now("fleet-devices").Split("<tr").Single(r => r.Contains(_other.ToString()));
        Assert.DoesNotContain(" %", row);
    }

    [Fact]
    public async Task What_a_device_says_of_itself_is_no_uptime_and_this_device_was_not_heard()
    {
        await _a.Node.Get<ProbeRound>().RunAsync(Cancellation);
        var own = _a.Node.Get<FleetQueries>().Standing().Devices.Single(d => d.IsSelf);
        Assert.Equal((null, null, Hearing.Never), (own.UptimePermille, own.HeardMs, own.Hearing));
        Assert.Equal(Anarchive.Fleet.Reachability.Up, own.Heard);
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>No round of looks but those of a test.</summary>
    private Task<MediaBox> Start() => MediaBox.Start(
        _time, with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true,
        services: all => all.Remove(all.Single(s => s.ImplementationType == typeof(ProbeLoop))));
}
