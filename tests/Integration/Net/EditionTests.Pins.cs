using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <content>What a number means that is stayed with: for whom it holds, and what it would change.</content>
public sealed partial class EditionTests
{
    [Fact]
    public async Task Going_back_is_told_against_what_counts_now_and_not_against_the_edition_that_is_here()
    {
        await Observe(67_700);
        var first = (await Publish())!;
        await Held(1, first.StateRoot);
        // In no edition yet, and it counts all the same.
        await Observe(80_000, MarkerType.Outro);
        await _a.Get<ObservationQueue>().FlushAsync(null, Cancellation);
        await Eventually.True(() => _b.Merged().Count == 2, "B has not heard.", _b);
        var (pins, group) = (_b.Get<EditionPins>(), _a.Get<OwnParts>().Find(Markers)!.Value);
        var edition = _b.Get<EditionChanges>().Find(group, 1)!;
        var would = pins.Look(edition, 0, 5).Preview!;
        Assert.Equal((true, Counting.Log), (edition.IsHeld, would.Counts));
        Assert.Equal((0, 1, 1), (would.Changes!.Added, would.Changes.Removed, would.Changes.Markers));
        Assert.Equal(MarkerType.Outro, ((MarkerObserved)Assert.Single(would.Changes.Rows).Row.Content).Type);
        Assert.Empty(pins.Look(edition, 1, 5).Preview!.Changes!.Rows);
        using var browser = new Visitor(_b.Address);
        var page = (await browser.SeeAsync($"/net/editions/{group}/1")).Text;
        Assert.Contains("All that they have said counts now, whether or not it stands in an edition yet.", page);
        Assert.Contains("1 row would go, 1 marker among them", page);
        var run = await CommandRun.On(_b, "net", "pin", Markers, "1", "--dry-run");
        Assert.Contains("1 row would go, 1 marker among them; all that was said counts now.", run.Results);

        Assert.Null(await pins.StayAsync(edition, Cancellation));
        Assert.Single(_b.Merged());
        would = pins.Look(edition, 0, 5).Preview!;
        Assert.Equal((Counting.Edition, null), (would.Counts, would.Changes));
        var wanted = _b.Get<PartConsents>().Find(Markers, Subscription.Friends)!;
        Assert.True(pins.LeavesOut(wanted));
        Assert.False(pins.LeavesOut(wanted with { Edition = null }));
    }

    [Fact]
    public async Task A_number_holds_for_the_friends_whose_edition_is_sound()
    {
        await using var c = await LiveNode.Start(
            peerListen: "https://127.0.0.1:0", with: options => options with { HeartbeatSeconds = 1 });
        await Pair(c, _b, InviteKind.Friend);
        await Observe(67_700);
        await Observe(80_000, MarkerType.Outro);
        await Held(1, (await Publish())!.StateRoot);
        await c.See();
        Assert.Null((await c.Get<PartActs>().ObserveAsync([NetSamples.Intro(1_000, 31_000)], true, Cancellation))
            .Problem);
        Assert.Null((await c.Get<EditionDesk>().PublishAsync(Markers, true, Cancellation)).Problem);
        await Eventually.True(
            () => _b.Get<EditionBooks>().All(Markers).Count(e => e is { IsHeld: true, Manifest.Seq: 1 }) == 2,
            "B has not taken both editions over.", _b);
        await TakeBack(_a);
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        await Eventually.True(
            () => _b.Get<EditionChanges>().Find(group, 1) is { } one && _b.Get<EditionChanges>().IsStale(one),
            "B has not heard what was taken back.", _b);

        var pins = _b.Get<EditionPins>();
        var wanted = Subscription.OfFriends(Markers) with { Edition = 1 };
        Assert.Null(await pins.SubscribeAsync(wanted, Cancellation));
        // Of the other one, all that was said counts.
        Assert.Equal(Counting.Log, _b.Get<PartRecords>().CountingOf(group));
        var theirs = c.Get<OwnParts>().Find(Markers)!.Value;
        Assert.Equal(Counting.Edition, _b.Get<PartRecords>().CountingOf(theirs));
        Assert.True(pins.LeavesOut(wanted));
        Assert.True(await _b.Get<RingBook>().RevokeAsync(c.Id, Cancellation));
        Assert.Equal("net_edition_stale", (await pins.SubscribeAsync(wanted, Cancellation))?.Code);
    }
}
