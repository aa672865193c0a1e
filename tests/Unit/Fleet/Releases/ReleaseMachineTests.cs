using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ReleaseMachineTests
{
    private static ReleaseTimes Times => ReleaseWorld.Times;

    [Fact]
    public void Locks_a_wait_quarantine_and_locks_again_before_the_bytes_go()
    {
        var world = new ReleaseWorld(3, floor: 2);
        Assert.Null(world.Begin(0));
        Assert.Equal(2, world.Asked.Count);
        world.Deliver();
        Assert.Equal(ReleaseStage.Waiting, world.Of(0)!.Stage);
        world.Now += Times.WaitMs - 1;
        world.Tick(0);
        Assert.Empty(world.Effects);
        world.Now++;
        world.Tick(0);
        Assert.IsType<ReleaseEffect.SetAside>(Assert.Single(world.Effects));
        world.Done(0);
        Assert.Equal(ReleaseStage.Quarantined, world.Of(0)!.Stage);
        world.Now += Times.QuarantineMs;
        world.Tick(0);
        Assert.Equal(2, world.Asked.Count);
        world.Deliver();
        Assert.IsType<ReleaseEffect.Purge>(world.Effects[^1]);
        world.Done(0);
        Assert.Equal(ReleaseCodes.Purged, Assert.IsType<ReleaseEffect.End>(world.Effects[^1]).Outcome);
        Assert.Null(world.Of(0));
    }

    [Fact]
    public void What_the_owner_wants_back_ends_before_the_rename_and_is_put_back_after_it()
    {
        var world = new ReleaseWorld(3, floor: 2);
        world.Begin(0);
        world.Deliver();
        world.TakeBack(0);
        Assert.Equal(ReleaseCodes.TakenBack, Assert.IsType<ReleaseEffect.End>(Assert.Single(world.Effects)).Outcome);

        world = new ReleaseWorld(3, floor: 2);
        world.Begin(0);
        world.Deliver();
        world.Now += Times.WaitMs;
        world.Tick(0);
        // The rename is under way: what comes of it is waited for.
        world.TakeBack(0);
        Assert.IsType<ReleaseEffect.SetAside>(Assert.Single(world.Effects));
        world.Done(0);
        world.TakeBack(0);
        Assert.IsType<ReleaseEffect.Restore>(world.Effects[^1]);
        world.Done(0);
        Assert.Equal(ReleaseCodes.TakenBack, Assert.IsType<ReleaseEffect.End>(world.Effects[^1]).Outcome);
        Assert.Null(world.Of(0));
    }

    [Theory]
    [InlineData(ReleaseCodes.LockVolumeAbsent)]
    [InlineData(ReleaseCodes.LockBytesWrong)]
    [InlineData(ReleaseCodes.LockUnverified)]
    [InlineData(ReleaseCodes.LockNotHeld)]
    [InlineData(ReleaseCodes.LockDeviceGone)]
    public void A_holder_that_cannot_vouch_for_its_copy_refuses_and_says_why(string code)
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Deliver(code switch
        {
            ReleaseCodes.LockVolumeAbsent => ReleaseWorld.Fine with { IsVolumePresent = false },
            ReleaseCodes.LockBytesWrong => ReleaseWorld.Fine with { AreRangesRight = false },
            ReleaseCodes.LockUnverified => ReleaseWorld.Fine with { IsVerified = false },
            ReleaseCodes.LockNotHeld => ReleaseWorld.Fine with { State = HoldingState.Quarantined },
            _ => ReleaseWorld.Fine with { DeviceState = DeviceState.Dead },
        });
        var end = Assert.IsType<ReleaseEffect.End>(Assert.Single(world.Effects));
        Assert.Equal(ReleaseCodes.LocksMissing, end.Outcome);
        Assert.Equal(code, Assert.Single(end.Refused).Code);
        Assert.False(world.At(1).IsLocked(ReleaseWorld.Item, world.Now));
    }

    [Fact]
    public void A_holder_that_says_nothing_ends_it_in_time()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Now += Times.AnswerMs;
        world.Tick(0);
        var end = Assert.IsType<ReleaseEffect.End>(Assert.Single(world.Effects));
        Assert.Equal(ReleaseCodes.LockNoAnswer, Assert.Single(end.Refused).Code);
    }

    [Fact]
    public void Half_a_locks_time_after_asking_it_is_too_late_to_set_aside()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Deliver();
        world.Now += Times.ActByMs + 1;
        world.Tick(0);
        Assert.Equal(ReleaseCodes.TooLate, Assert.IsType<ReleaseEffect.End>(Assert.Single(world.Effects)).Outcome);
    }

    [Fact]
    public void A_rename_that_ended_too_late_is_taken_back()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Deliver();
        world.Now += Times.WaitMs;
        world.Tick(0);
        world.Now += Times.TtlMs;
        world.Done(0);
        Assert.IsType<ReleaseEffect.Restore>(world.Effects[^1]);
        world.Done(0);
        Assert.Equal(ReleaseCodes.TooLate, Assert.IsType<ReleaseEffect.End>(world.Effects[^1]).Outcome);
    }

    [Fact]
    public void Answers_to_another_asking_and_from_another_signer_are_worth_nothing()
    {
        var world = new ReleaseWorld(3, floor: 1);
        world.Begin(0);
        var ask = world.Asked[0].Ask;
        var granted = new LockAnswer(ask.Holder, ask.Request.Intent, ask.Request.Ask, null);
        world.Hear(0, ask.Holder, granted with { Ask = ask.Request.Ask + 1 });
        world.Hear(0, ask.Holder, granted with { Intent = ReleaseWorld.Intent(2) });
        world.Hear(0, world.Asked[1].Ask.Holder, granted);
        Assert.Empty(world.Of(0)!.Locked);
        world.Hear(0, ask.Holder, granted);
        Assert.Equal(ReleaseStage.Waiting, world.Of(0)!.Stage);
    }

    [Fact]
    public void Two_that_release_refuse_one_another_and_the_first_in_rank_goes_on()
    {
        var world = new ReleaseWorld(3, floor: 2);
        world.Begin(0);
        world.Begin(1);
        world.Deliver();
        Assert.Equal(2, world.Effects.OfType<ReleaseEffect.End>().Count());
        Assert.All(world.Effects.OfType<ReleaseEffect.End>(), end =>
            Assert.Contains(end.Refused, r => r.Code == ReleaseCodes.LockReleasing));
        Assert.True(Times.RetryMs(0) + Times.AnswerMs < Times.RetryMs(1));
        world.Now += Times.RetryMs(0);
        Assert.Null(world.Begin(0));
        world.Deliver();
        world.Now += Times.RetryMs(1) - Times.RetryMs(0);
        Assert.Equal(ReleaseCodes.LockedForOther, world.Begin(1));
        Assert.Equal(ReleaseStage.Waiting, world.Of(0)!.Stage);
    }

    [Fact]
    public void A_lock_keeps_its_holder_from_releasing_for_its_whole_time()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Deliver();
        Assert.Equal(ReleaseCodes.LockedForOther, world.Begin(1));
        world.Now += Times.TtlMs - 1;
        Assert.Equal(ReleaseCodes.LockedForOther, world.Begin(1));
        world.Now++;
        Assert.Null(world.Begin(1));
    }

    [Fact]
    public void A_restarted_holder_honours_what_it_stored_for_a_whole_time_anew()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Deliver();
        world.Restart(1, [.. world.At(1).Locks], stored: null);
        world.Now += Times.TtlMs - 1;
        Assert.Equal(ReleaseCodes.LockedForOther, world.Begin(1));
        world.Now++;
        Assert.Null(world.Begin(1));
    }

    [Fact]
    public void A_restarted_releaser_abandons_and_puts_back_what_it_may_have_moved()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Restart(0, [], world.Of(0));
        Assert.Equal(ReleaseCodes.Abandoned, Assert.IsType<ReleaseEffect.End>(Assert.Single(world.Effects)).Outcome);
        world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Deliver();
        world.Now += Times.WaitMs;
        world.Tick(0);
        world.Restart(0, [], world.Of(0));
        Assert.IsType<ReleaseEffect.Restore>(world.Effects[^1]);
        Assert.True(world.At(0).IsReleasing(ReleaseWorld.Item));
        world.Done(0);
        Assert.Equal(ReleaseCodes.Abandoned, Assert.IsType<ReleaseEffect.End>(world.Effects[^1]).Outcome);
    }

    [Fact]
    public void Quarantine_outlives_a_restart_and_counts_the_days_before_it()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.SetAside(0);
        world.Restart(0, [], world.Of(0), quarantinedForMs: Times.QuarantineMs - 10);
        world.Tick(0);
        Assert.Empty(world.Asked);
        world.Now += 10;
        world.Tick(0);
        Assert.Single(world.Asked);
    }

    [Fact]
    public void A_purge_whose_check_fails_puts_the_copy_back()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.SetAside(0);
        world.Now += Times.QuarantineMs;
        world.Tick(0);
        world.Deliver(ReleaseWorld.Fine with { AreRangesRight = false });
        Assert.IsType<ReleaseEffect.Restore>(world.Effects[^1]);
        world.Done(0);
        Assert.Equal(ReleaseCodes.LocksMissing, Assert.IsType<ReleaseEffect.End>(world.Effects[^1]).Outcome);
    }

    [Fact]
    public void A_floor_raised_meanwhile_puts_the_copy_back_without_asking()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.SetAside(0);
        world.Floor = 2;
        world.Now += Times.QuarantineMs;
        world.Tick(0);
        Assert.Empty(world.Asked);
        Assert.IsType<ReleaseEffect.Restore>(world.Effects[^1]);
    }

    [Fact]
    public void An_unplugged_volume_waits_and_nothing_is_said_to_be_gone()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Deliver();
        world.Now += Times.WaitMs;
        world.Tick(0);
        world.Done(0, ReleaseCodes.VolumeAbsent);
        Assert.Equal(ReleaseStage.Restoring, world.Of(0)!.Stage);
        world.Done(0, ReleaseCodes.VolumeAbsent);
        Assert.Equal(ReleaseStage.Restoring, world.Of(0)!.Stage);
        world.Now += Times.AnswerMs;
        world.Tick(0);
        world.Done(0);
        Assert.Equal(ReleaseCodes.VolumeAbsent, Assert.IsType<ReleaseEffect.End>(world.Effects[^1]).Outcome);
    }

    [Fact]
    public void A_frozen_fleet_sets_nothing_aside_and_deletes_nothing()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.SetAside(0);
        var effects = world.Effects.Count;
        world.IsFrozen = true;
        world.Now += Times.QuarantineMs;
        world.Tick(0);
        Assert.Equal((effects, 0), (world.Effects.Count, world.Asked.Count));
        world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        world.Deliver();
        world.IsFrozen = true;
        world.Now += Times.WaitMs;
        world.Tick(0);
        Assert.Equal(ReleaseCodes.Frozen, Assert.IsType<ReleaseEffect.End>(Assert.Single(world.Effects)).Outcome);
    }

    [Fact]
    public void A_floor_that_nobody_could_meet_asks_nobody()
    {
        var world = new ReleaseWorld(2, floor: 2);
        world.Begin(0);
        Assert.Empty(world.Asked);
        Assert.Equal(ReleaseCodes.FloorUnmet, Assert.IsType<ReleaseEffect.End>(Assert.Single(world.Effects)).Outcome);
        Assert.False(world.At(0).IsReleasing(ReleaseWorld.Item));
    }

    [Fact]
    public void The_same_request_twice_is_one_lock()
    {
        var world = new ReleaseWorld(2, floor: 1);
        world.Begin(0);
        var (_, ask) = world.Asked[0];
        world.At(1).Answer(ask.Request, ReleaseWorld.Fine, world.Now);
        Assert.True(world.At(1).Answer(ask.Request, ReleaseWorld.Fine, world.Now + 5).IsGranted);
        Assert.Equal(world.Now + 5, Assert.Single(world.At(1).Locks).GrantedMs);
    }
}
