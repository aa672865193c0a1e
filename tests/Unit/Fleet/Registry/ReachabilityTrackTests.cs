using Anarchive.Fleet;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ReachabilityTrackTests
{
    private const long HourMs = 3600 * 1000;
    private const long StartMs = 1_700_000_000_000;

    private static readonly ReachabilitySteps Steps = ReachabilitySteps.Default;

    [Fact]
    public void One_missed_probe_marks_nobody_and_two_make_a_suspect()
    {
        var up = Runs(ReachabilityTrack.New, true, 10);
        var once = Runs(up, false, 1);
        Assert.Equal(Reachability.Up, once.StateUnder(Steps));
        Assert.Equal(Reachability.Suspect, Runs(once, false, 1).StateUnder(Steps));
    }

    [Theory]
    [InlineData(24 * 12, Reachability.Away)]
    [InlineData((24 * 12) - 1, Reachability.Suspect)]
    [InlineData(72 * 12, Reachability.Lost)]
    [InlineData((72 * 12) - 1, Reachability.Away)]
    public void Silence_is_away_after_a_day_and_lost_after_three(int misses, Reachability state) =>
        Assert.Equal(state, Runs(Runs(ReachabilityTrack.New, true, 1), false, misses).StateUnder(Steps));

    [Fact]
    public void The_own_link_down_marks_nobody_however_long_it_lasts()
    {
        var track = Runs(ReachabilityTrack.New, true, 100);
        var at = track.LastSampleMs!.Value;
        for (var probe = 0; probe < 24 * 12 * 10; probe++)
            track = track.Probed(answered: false, ownLinkUp: false, at += ReachabilityTrack.ProbeMs, Steps);
        Assert.Equal(Reachability.Up, track.StateUnder(Steps));
        Assert.Equal((100, 1L << 32), (track.Samples, track.UptimeQ32));
        // The link is back and the first probe fails: nothing was learned of the ten days.
        track = Runs(track, false, 2);
        Assert.Equal(Reachability.Suspect, track.StateUnder(Steps));
        Assert.True(track.SilentMs <= 2 * ReachabilityTrack.ProbeMs);
    }

    [Fact]
    public void An_observer_that_slept_for_a_week_does_not_call_a_device_lost_at_its_first_miss()
    {
        var track = Runs(ReachabilityTrack.New, true, 3);
        var wakes = track.LastSampleMs!.Value + (7 * 24 * HourMs);
        track = track.Probed(answered: false, ownLinkUp: true, wakes, Steps)
            .Probed(answered: false, ownLinkUp: true, wakes + ReachabilityTrack.ProbeMs, Steps);
        Assert.Equal(Reachability.Suspect, track.StateUnder(Steps));
    }

    [Fact]
    public void A_clock_that_steps_back_takes_no_silence_away()
    {
        var silent = Runs(Runs(ReachabilityTrack.New, true, 1), false, 5);
        var back = silent.Probed(answered: false, ownLinkUp: true, StartMs - HourMs, Steps);
        Assert.Equal(silent.SilentMs, back.SilentMs);
    }

    [Fact]
    public void A_lost_device_that_answers_counts_after_its_volumes_were_looked_at()
    {
        var lost = Runs(Runs(ReachabilityTrack.New, true, 1), false, 73 * 12);
        var back = Runs(lost, true, 1);
        Assert.Equal((Reachability.Up, true), (back.StateUnder(Steps), back.IsReturned));
        Assert.True(Runs(back, true, 50).IsReturned);
        Assert.False(back.Checked().IsReturned);
    }

    [Fact]
    public void A_suspect_that_answers_has_not_returned_from_anywhere() =>
        Assert.False(Runs(Runs(Runs(ReachabilityTrack.New, true, 1), false, 20), true, 1).IsReturned);

    [Fact]
    public void An_event_it_signed_ends_a_silence_and_is_no_probe()
    {
        var suspect = Runs(Runs(ReachabilityTrack.New, true, 1), false, 30);
        var heard = suspect.Heard(suspect.LastSampleMs!.Value + 1, Steps);
        Assert.Equal(Reachability.Up, heard.StateUnder(Steps));
        Assert.Equal((suspect.Samples, suspect.UptimeQ32), (heard.Samples, heard.UptimeQ32));
    }

    [Fact]
    public void Who_was_heard_a_while_before_a_probe_was_not_heard_at_the_probe()
    {
        var probed = ReachabilityTrack.New.Probed(answered: true, ownLinkUp: true, StartMs, Steps, agoMs: 40_000);
        Assert.Equal((StartMs - 40_000, StartMs), (probed.LastOkMs, probed.LastSampleMs));
        // What was known to be later stands.
        Assert.Equal(StartMs - 40_000, probed.Heard(StartMs, Steps, agoMs: 50_000).LastOkMs);
        Assert.Equal(StartMs, probed.Heard(StartMs, Steps).LastOkMs);
    }

    [Fact]
    public void Half_of_the_past_is_forgotten_in_seven_days()
    {
        var track = ReachabilityTrack.New with { UptimeQ32 = 1L << 32, Samples = 100_000, Bucket = 4 };
        var half = Runs(track, false, 7 * 24 * 12);
        Assert.InRange(half.UptimeQ32, (1L << 31) - 4000, (1L << 31) + 4000);
        Assert.InRange(Runs(half, false, 7 * 24 * 12).UptimeQ32, (1L << 30) - 4000, (1L << 30) + 4000);
    }

    [Fact]
    public void A_device_that_always_answers_stays_at_the_top_and_one_that_never_does_at_the_bottom()
    {
        Assert.Equal(1000, Runs(ReachabilityTrack.New, true, 50_000).UptimePermille);
        var never = Runs(ReachabilityTrack.New, false, 50_000);
        Assert.Equal((0, Reachability.Lost), (never.UptimePermille, never.StateUnder(Steps)));
        Assert.Null(never.LastOkMs);
    }

    [Fact]
    public void A_bucket_follows_only_when_the_edge_lies_clearly_behind()
    {
        Assert.Equal(3, UptimeBucket.Next(3, 931));
        Assert.Equal(2, UptimeBucket.Next(3, 929));
        Assert.Equal(2, UptimeBucket.Next(2, 969));
        Assert.Equal(3, UptimeBucket.Next(2, 970));
        // 990 and 20 is more than there is.
        Assert.Equal(3, UptimeBucket.Next(3, 994));
        Assert.Equal(4, UptimeBucket.Next(3, 995));
        Assert.Equal(0, UptimeBucket.Next(4, 0));
        Assert.Equal(4, UptimeBucket.Next(0, 1000));
    }

    [Fact]
    public void What_is_said_lies_in_the_bucket_whatever_was_seen() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100),
        Prop.ForAll(ArbMap.Default.ArbFor<bool[]>(), Gen.Choose(1, 400).ToArbitrary(), (answers, each) =>
        {
            var track = ReachabilityTrack.New;
            var changes = 0;
            foreach (var answered in answers)
            {
                var before = track;
                track = Runs(track, answered, each);
                if (before.Samples > 0 && before.Bucket != track.Bucket) changes++;
                if (UptimeBucket.Of(track.UptimePermille) != track.Bucket) return false;
                if (track.UptimeQ32 is < 0 or > 1L << 32) return false;
            }

            return changes <= 4 * answers.Length;
        }));

    private static ReachabilityTrack Runs(ReachabilityTrack track, bool answered, int times)
    {
        for (var probe = 0; probe < times; probe++)
        {
            var at = (track.LastSampleMs ?? StartMs) + ReachabilityTrack.ProbeMs;
            track = track.Probed(answered, ownLinkUp: true, at, Steps);
        }

        return track;
    }
}
