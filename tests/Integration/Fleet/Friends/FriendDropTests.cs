using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A friend's copy goes by its steward's release: under locks, set aside, checked again, deleted.</summary>
public sealed class FriendDropTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_friends_copy_goes_under_the_locks_of_those_that_stay_the_stewards_own_among_them()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        var (asked, begun) = await Drop(all, apply: false);
        Assert.Equal((null, 2, 2, false), (asked.Code, asked.Floor, asked.Elsewhere, begun));
        Assert.True(File.Exists(all.LentFile));
        (asked, begun) = await Drop(all, apply: true);
        Assert.True(begun);
        await Ended(all);
        Assert.Equal(ReleaseCodes.Purged, Release(all)!.Outcome);
        Assert.False(File.Exists(all.LentFile));
        Assert.False(File.Exists(all.LentFile + ".aside"));
        Assert.Null(all.Lent());
        Assert.Equal(HoldingState.Gone, all.Said()!.State);
        Assert.NotNull(all.A.Store.Find(Neighbours.Item));
        Assert.NotNull(all.A2.Store.Find(Neighbours.Item));
        // What the release relied on stays: its holders gave their word, the steward to itself.
        Assert.True(all.A.Node.Get<ReleaseBook>().IsLocked(Neighbours.Item));
        Assert.True(all.A2.Node.Get<ReleaseBook>().IsLocked(Neighbours.Item));
        // And it is not asked for again by itself.
        await all.Look();
        Assert.Equal("dropped", all.Standing()!.State);
        Assert.Null(all.Lent());
    }

    [Fact]
    public async Task Below_the_floor_a_friends_copy_stays()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        await all.A.Say(new PolicySet(Policy.DefaultName, 3, 3, 1, 0, AutoCopy: false));
        var (refused, begun) = await Drop(all, apply: true);
        Assert.Equal((ReleaseCodes.FloorUnmet, false), (refused.Code, begun));
        Assert.Null(Release(all));
        Assert.True(File.Exists(all.LentFile));
    }

    [Fact]
    public async Task A_second_check_that_fails_has_the_friend_put_its_copy_back_and_prove_it()
    {
        await using var all = await Neighbours.Start(quarantineMs: 600_000);
        await all.Keep();
        Assert.True((await Drop(all, apply: true)).IsBegun);
        await Eventually.True(
            () => Release(all)?.Stage == ReleaseStage.Quarantined, "It is not set aside.", all.A.Node);
        Assert.True(File.Exists(all.LentFile + ".aside"));
        Assert.Equal(LentState.Aside, all.Lent()!.State);
        // The lender's own clock deletes nothing that only its owner had set aside.
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        all.A2.Rot(Neighbours.Film, 1_000);
        all.Time.Skip(TimeSpan.FromMinutes(11));
        await Ended(all);
        Assert.Equal(ReleaseCodes.LocksMissing, Release(all)!.Outcome);
        Assert.True(File.Exists(all.LentFile));
        await all.Reaches(() => all.Said() is { State: HoldingState.Present, ProvenMs: not null });
        Assert.Equal("kept", all.Standing()!.State);
    }

    [Fact]
    public async Task What_never_came_is_taken_back_at_once()
    {
        await using var all = await Neighbours.Start();
        await all.A.Hold(Neighbours.Film, Neighbours.Size, 7);
        Assert.Null((await all.Lend(all.A, 2 * Neighbours.Size)).Problem);
        // Out of the steward's reach to fetch: the volume is unplugged on the friend's side.
        var marker = Path.Combine(all.F.Root, ".anarchive/volume");
        File.Move(marker, marker + ".away");
        Assert.Null(await all.Ask(apply: true));
        await all.Reaches(() => all.Standing() is { State: "coming", Code: not null });
        Assert.Equal("volume_root_missing", (await Drop(all, apply: true)).Proposal.Code);
        // Plugged in again, the friend's node would fetch it at once, by itself.
        File.Move(all.A.At(Neighbours.Film), Path.Combine(all.A.Root, "away"));
        File.Move(marker + ".away", marker);
        var (proposal, isBegun) = await Drop(all, apply: true);
        Assert.Equal((null, true), (proposal.Code, isBegun));
        Assert.Null(all.Lent());
        Assert.Equal(0, all.F.Node.Get<LoanBook>().Used(all.A.Node.Id).Bytes);
    }

    private static async Task<(ReleaseProposal Proposal, bool IsBegun)> Drop(Neighbours all, bool apply)
    {
        var (proposal, begun, problem) = await all.A.Node.Get<FriendDrop>()
            .DropAsync(Neighbours.Item, all.F.Node.Id, apply, Cancellation);
        Assert.Null(problem);
        return (proposal!, begun);
    }

    private static ReleaseProgress? Release(Neighbours all) =>
        all.A.Node.Get<ReleaseBook>().Releases.SingleOrDefault()?.Progress;

    private static Task Ended(Neighbours all) => Eventually.True(
        () => Task.FromResult(Release(all)?.Stage == ReleaseStage.Ended), () => $"It does not end: {Release(all)}");
}
