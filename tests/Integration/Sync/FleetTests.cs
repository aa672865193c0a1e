using Anarchive.Log;
using Anarchive.Node;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>One owner's devices: how a fleet begins, and how one leaves it.</summary>
public sealed class FleetTests : IAsyncLifetime
{
    private const string Listen = "https://127.0.0.1:0";

    private LiveNode _a = null!;
    private LiveNode _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        (_a, _b) = (await LiveNode.Start(peerListen: Listen), await LiveNode.Start(peerListen: Listen));

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task A_text_for_a_device_founds_no_fleet_before_a_device_is_let_in()
    {
        var offers = (await Offer(_b, InviteKind.Device), await Offer(_b, InviteKind.Device));
        Assert.Null(_b.Get<OwnFleet>().Group);
        Assert.Empty(_b.Writer.Groups());
        // One fleet, whichever of its texts comes first.
        await using var c = await LiveNode.Start();
        await Match(c, await Ask(c, offers.Item2.Text!));
        // Changed its mind: it joins the other's fleet instead.
        await Pair(_a, _b, InviteKind.Device);
        Assert.Equal(
            "fleet_changed", (await _b.Get<PairingActs>().AcceptAsync(offers.Item2.Id)).Problem?.Code);
        Assert.Equal(PairingState.Asked, _b.Get<PairingDesk>().Find(offers.Item2.Id)!.State);
        Assert.Equal(_a.Id, Assert.Single(_b.Get<RingBook>().All).Node);
        Assert.Equal(_a.Get<OwnFleet>().Group, _b.Get<OwnFleet>().Group);
        Assert.Single(_b.Writer.Groups(), g => g.Kind == "fleet");
    }

    [Fact]
    public async Task Two_devices_that_come_at_once_are_in_one_fleet()
    {
        await using var c = await LiveNode.Start();
        var (first, second) = (await Offer(_a, InviteKind.Device), await Offer(_a, InviteKind.Device));
        await Match(_b, await Ask(_b, first.Text!));
        await Match(c, await Ask(c, second.Text!));
        var done = await Task.WhenAll(
            _a.Get<PairingActs>().AcceptAsync(first.Id), _a.Get<PairingActs>().AcceptAsync(second.Id));
        Assert.All(done, one => Assert.Null(one.Problem));
        await Paired(_b, _a, InviteKind.Device);
        await Paired(c, _a, InviteKind.Device);
        var fleet = _a.Get<OwnFleet>().Group!.Value;
        await Eventually.InStep(fleet, _a, _b, c);
        Assert.True(c.Writer.IsMember(fleet, _b.Id));
    }

    [Fact]
    public async Task A_device_that_became_a_friend_too_is_revoked_as_both()
    {
        await Pair(_a, _b, InviteKind.Device);
        var fleet = _a.Get<OwnFleet>().Group!.Value;
        await Eventually.InStep(fleet, _a, _b);
        await Pair(_a, _b, InviteKind.Friend);
        Assert.Equal(InviteKind.Friend, _a.Get<RingBook>().Find(_b.Id)!.Kind);
        Assert.Equal(
            (false, null), await _a.Get<PairingActs>().RevokeAsync(_b.Id.ToString(), dryRun: false, Cancellation));
        Assert.False(_a.Writer.IsMember(fleet, _b.Id));
        Assert.False(_a.Get<RingBook>().Holds(_b.Id));
    }

    [Fact]
    public async Task What_cannot_be_revoked_from_here_is_said_and_the_rest_is_done()
    {
        await Pair(_a, _b, InviteKind.Device);
        await Eventually.InStep(_a.Get<OwnFleet>().Group!.Value, _a, _b);
        var acts = _b.Get<PairingActs>();
        Assert.Equal((true, null), await acts.RevokeAsync(_a.Id.ToString(), dryRun: true, Cancellation));
        Assert.True(_b.Get<RingBook>().Holds(_a.Id));
        Assert.Equal((true, null), await acts.RevokeAsync(_a.Id.ToString(), dryRun: false, Cancellation));
        Assert.False(_b.Get<RingBook>().Holds(_a.Id));
        Assert.Equal(
            "not_permitted", (await acts.RevokeAsync(_a.Id.ToString(), dryRun: false, Cancellation)).Problem?.Code);
    }

    [Fact]
    public async Task A_device_that_began_a_fleet_while_it_was_asking_is_told_so()
    {
        var offer = await Offer(_a, InviteKind.Device);
        var acts = _b.Get<PairingActs>();
        var (asked, none) = await acts.AskAsync(offer.Text!, Cancellation);
        Assert.Null(none);
        await _b.Get<OwnFleet>().BeginAsync(await _b.Get<OwnFleet>().PlanAsync(Cancellation), Cancellation);
        var (_, problem) = await acts.AnswerAsync(asked!.Id, accepts: true, Cancellation);
        Assert.Equal("in_another_fleet", problem?.Code);
        Assert.Null(await acts.LeaveFleetAsync(dryRun: false, Cancellation));
        Assert.Null((await acts.AnswerAsync(asked.Id, accepts: true, Cancellation)).Problem);
    }

    [Fact]
    public async Task A_device_leaves_one_fleet_for_another()
    {
        await Pair(_a, _b, InviteKind.Device);
        var first = _a.Get<OwnFleet>().Group!.Value;
        await Eventually.InStep(first, _a, _b);
        await using var c = await LiveNode.Start(peerListen: Listen);
        var offer = await Offer(c, InviteKind.Device);
        var acts = _b.Get<PairingActs>();
        Assert.Equal("in_another_fleet", (await acts.AskAsync(offer.Text!, Cancellation)).Problem?.Code);
        Assert.Null(await acts.LeaveFleetAsync(dryRun: true, Cancellation));
        Assert.Equal(first, _b.Get<OwnFleet>().Group);
        Assert.Null(await acts.LeaveFleetAsync(dryRun: false, Cancellation));
        Assert.False(_b.Get<RingBook>().Holds(_a.Id));
        Assert.Equal("not_found", (await acts.LeaveFleetAsync(dryRun: false, Cancellation))?.Code);
        await Pair(c, _b, InviteKind.Device);
        Assert.Equal(c.Get<OwnFleet>().Group, _b.Get<OwnFleet>().Group);

        // And back again.
        Assert.Null(await acts.LeaveFleetAsync(dryRun: false, Cancellation));
        await Pair(_a, _b, InviteKind.Device);
        Assert.Equal(first, _b.Get<OwnFleet>().Group);
        await _b.Say(first);
        await Eventually.InStep(first, _a, _b);
    }
}
