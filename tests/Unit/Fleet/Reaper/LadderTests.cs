using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class LadderTests
{
    private const long DayMs = 24 * Watched.HourMs;
    private const long Now = Watched.Start;

    private static readonly LadderCase Dead = new(
        new string('a', 40), HealthState.Dead, Privacy.No, IsLabelled: true, IsKnown: true)
    {
        Gate = SourceGate.Open,
        HasFleetCopy = true,
        HasSeedboxCopy = true,
        HasFriend = true,
        MayWalk = true,
        HasIndexer = true,
    };

    private static readonly Rung[] All = Enum.GetValues<Rung>();

    [Fact]
    public void Rungs_are_climbed_in_order_each_with_time_to_help()
    {
        var (climbed, _) = Climb(Dead, 60);
        // Before a purge is proposed, 30 days have passed, and it is searched for again.
        Assert.Equal(All, climbed.Select(c => c.Rung).Distinct());
        Assert.Equal([Rung.Park, Rung.Research, Rung.ProposePurge], climbed.Select(c => c.Rung).Skip(7).Take(3));
        Assert.All(climbed.Zip(climbed.Skip(1)).Take(All.Length - 2), pair =>
            Assert.True(pair.Second.AtMs - pair.First.AtMs >= Ladder.PatienceMs(pair.First.Rung)));
    }

    [Fact]
    public void Only_announcing_and_verifying_public_torrents_is_done_unasked()
    {
        var (climbed, _) = Climb(Dead, 60);
        Assert.Equal(
            [Rung.Reannounce, Rung.Verify], climbed.Where(c => c.IsLive).Select(c => c.Rung).Distinct());
    }

    [Theory]
    [InlineData(HealthState.Stalled)]
    [InlineData(HealthState.Dead)]
    public void A_private_torrent_is_copied_within_the_fleet_and_nothing_else(HealthState state)
    {
        var (climbed, skipped) = Climb(Dead with { Privacy = Privacy.Yes, State = state }, 400);
        Assert.Equal([Rung.CopyFromFleet, Rung.CopyFromSeedbox, Rung.AskFriends], climbed.Select(c => c.Rung));
        Assert.DoesNotContain(climbed, c => c.IsLive);
        Assert.Equal(
            [Rung.Reannounce, Rung.Verify, Rung.PublicPeers, Rung.Research, Rung.Park, Rung.ProposePurge],
            skipped.Where(s => s.Why == RungSkip.Private).Select(s => s.Rung));
    }

    [Fact]
    public void A_private_torrent_of_a_closed_source_is_not_even_asked_for_at_friends()
    {
        var (climbed, _) = Climb(Dead with { Privacy = Privacy.Yes, Gate = SourceGate.SearchOnly }, 400);
        Assert.DoesNotContain(climbed, c => c.Rung == Rung.AskFriends);
    }

    [Fact]
    public void A_torrent_of_unknown_privacy_is_announced_only_when_told_to()
    {
        var step = Ladder.Next(Dead with { Privacy = Privacy.Unknown }, LadderMemory.Empty, Now);
        Assert.Equal((Rung.Reannounce, false), (step.Rung, step.IsLive));
        var (climbed, _) = Climb(Dead with { Privacy = Privacy.Unknown }, 400);
        Assert.DoesNotContain(climbed, c => c.Rung >= Rung.PublicPeers);
    }

    [Fact]
    public void Nothing_is_done_to_a_torrent_without_our_label_or_that_the_fleet_does_not_know()
    {
        var (unlabelled, _) = Climb(Dead with { IsLabelled = false }, 400);
        var (unknown, skipped) = Climb(Dead with { IsKnown = false }, 400);
        Assert.Empty(unlabelled);
        Assert.Empty(unknown);
        Assert.All(skipped, s => Assert.Equal(RungSkip.NotKnown, s.Why));
    }

    [Fact]
    public void A_healthy_torrent_has_no_next_rung() =>
        Assert.Null(Ladder.Next(Dead with { State = HealthState.Healthy }, LadderMemory.Empty, Now).Rung);

    [Fact]
    public void A_stalled_torrent_is_neither_researched_nor_parked()
    {
        var (climbed, skipped) = Climb(Dead with { State = HealthState.Stalled }, 400);
        Assert.DoesNotContain(climbed, c => c.Rung >= Rung.Research);
        Assert.Equal(3, skipped.Count(s => s.Why == RungSkip.NotDead));
    }

    [Fact]
    public void What_its_owner_paused_is_left_alone_and_what_was_parked_here_goes_on()
    {
        var paused = Dead with { IsNeutral = true };
        Assert.Null(Ladder.Next(paused, LadderMemory.Empty, Now).Rung);
        var tried = All.Where(r => r < Rung.Park).Aggregate(LadderMemory.Empty, (m, r) => m.With(r, Now - 3 * DayMs));
        var parked = tried.With(Rung.Park, Now - 29 * DayMs);
        Assert.Equal(Now + DayMs, Ladder.Next(paused, parked, Now).UntilMs);
        Assert.Equal(Rung.ProposePurge, Ladder.Next(paused, parked, Now + DayMs).Rung);
        // Its owner resumed it: parked it is no more.
        Assert.Equal(Rung.Park, Ladder.Next(Dead, parked.Seen(TorrentActivity.Fetching), Now).Rung);
        Assert.Same(parked, parked.Seen(TorrentActivity.Paused));
    }

    [Fact]
    public void A_torrent_that_recovers_is_announced_at_most_every_half_hour_and_searched_for_at_most_every_30_days()
    {
        var memory = LadderMemory.Empty.With(Rung.Reannounce, Now).With(Rung.Verify, Now).With(Rung.Research, Now);
        var again = memory.Climbed();
        Assert.DoesNotContain(Rung.Verify, again.Tried.Keys);
        Assert.Null(Ladder.Next(Dead, again, Now + Ladder.ReannounceEveryMs - 1).Rung);
        var (climbed, skipped) = Climb(Dead, 20, again, Now + Ladder.ReannounceEveryMs);
        Assert.DoesNotContain(climbed, c => c.Rung == Rung.Research);
        Assert.Contains((Rung.Research, RungSkip.Blocked), skipped);
    }

    [Theory]
    [InlineData(Rung.CopyFromFleet, RungSkip.NoCopy)]
    [InlineData(Rung.CopyFromSeedbox, RungSkip.NoCopy)]
    [InlineData(Rung.AskFriends, RungSkip.NoCopy)]
    [InlineData(Rung.PublicPeers, RungSkip.NotOptedIn)]
    [InlineData(Rung.Research, RungSkip.NoIndexer)]
    public void A_rung_that_cannot_help_is_passed_over_with_its_reason(Rung rung, RungSkip why)
    {
        var bare = new LadderCase(Dead.InfoHash, HealthState.Dead, Privacy.No, true, true) { Gate = SourceGate.Open };
        Assert.Equal(why, Ladder.SkipOf(rung, bare));
        Assert.Equal(RungSkip.None, Ladder.SkipOf(rung, Dead));
    }

    [Fact]
    public void A_plan_is_the_same_for_the_same_proposals_and_no_other()
    {
        var (one, other) = (new ReaperProposal("b", Rung.Park), new ReaperProposal("a", Rung.Research));
        var epoch = new Epoch(7);
        var plan = ReaperPlan.Of(epoch, [one, other]);
        Assert.Equal(plan.Id, ReaperPlan.Of(epoch, [other, one]).Id);
        Assert.Equal([other, one], plan.Proposals);
        Assert.NotEqual(plan.Id, ReaperPlan.Of(epoch, [one]).Id);
        Assert.NotEqual(plan.Id, ReaperPlan.Of(new Epoch(8), [one, other]).Id);
        Assert.NotEqual(plan.Id, ReaperPlan.Of(epoch, [one with { Rung = Rung.ProposePurge }, other]).Id);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(-1, false)]
    public void A_plan_may_be_applied_for_four_epochs(int epochs, bool isCurrent) =>
        Assert.Equal(isCurrent, ReaperPlan.IsCurrent(new Epoch(100), new Epoch(100 + epochs)));

    /// <summary>Does whatever comes next, every half hour.</summary>
    private static (List<(Rung Rung, bool IsLive, long AtMs)> Climbed, IReadOnlyList<(Rung Rung, RungSkip Why)> Skipped)
        Climb(LadderCase of, int days, LadderMemory? from = null, long fromMs = Now)
    {
        var memory = from ?? LadderMemory.Empty;
        var climbed = new List<(Rung, bool, long)>();
        IReadOnlyList<(Rung, RungSkip)> skipped = [];
        for (var nowMs = fromMs; nowMs <= fromMs + days * DayMs; nowMs += 30 * Watched.MinuteMs)
        {
            var step = Ladder.Next(of, memory, nowMs);
            skipped = step.Skipped;
            if (step.Rung is not { } rung) continue;
            climbed.Add((rung, step.IsLive, nowMs));
            memory = memory.With(rung, nowMs);
        }

        return (climbed, skipped);
    }
}
