using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class MassStallTests
{
    private const long QuarterMs = 15 * Watched.MinuteMs;

    private readonly Watched[] _all =
        [.. Enumerable.Range(0, 100).Select(n => new Watched(n.ToString("x40", null)))];

    [Theory]
    [InlineData(50)]
    [InlineData(99)]
    [InlineData(100)]
    public void Half_of_them_stalling_at_once_is_our_outage_and_nothing_is_done(int still)
    {
        var sawFreeze = false;
        for (var quarter = 0; quarter < 400; quarter++)
        {
            var tick = Run(quarter, still);
            sawFreeze |= tick.IsFrozen;
            Assert.All(_all, w => Assert.Equal(HealthState.Healthy, w.State));
            Assert.DoesNotContain(tick.Torrents, t => quarter > 0 && t.IsChanged);
            Assert.All(_all, w => Assert.Null(NextOf(w).Rung));
        }

        Assert.True(sawFreeze);
    }

    [Theory]
    [InlineData(49)]
    [InlineData(3)]
    public void Fewer_than_half_are_theirs(int still)
    {
        for (var quarter = 0; quarter < 20; quarter++) Assert.False(Run(quarter, still).IsFrozen);
        Assert.Equal(still, _all.Count(w => w.State == HealthState.Stalled));
    }

    [Fact]
    public void The_first_byte_after_an_outage_leaves_no_trace_of_it()
    {
        for (var quarter = 0; quarter < 100; quarter++) Run(quarter, 100);
        Assert.True(Run(100, 100).IsFrozen);
        Assert.False(Run(101, 0).IsFrozen);
        Assert.All(_all, w => Assert.Equal((HealthState.Healthy, 0), (w.State, w.Health!.Samples)));
    }

    [Fact]
    public void What_stalled_before_an_outage_stays_stalled_and_does_not_die_in_it()
    {
        for (var quarter = 0; quarter < 20; quarter++) Run(quarter, 10);
        var dying = 0;
        for (var quarter = 20; quarter < 600; quarter++)
        {
            var tick = Run(quarter, 100);
            if (tick.IsFrozen) dying += tick.Torrents.Count(t => t.IsChanged);
        }

        Assert.Equal(0, dying);
        Assert.Equal(10, _all.Count(w => w.State == HealthState.Stalled));
    }

    [Fact]
    public void A_household_with_one_torrent_can_have_one_that_stalls()
    {
        var one = _all[0];
        one.LookFor(Watched.Start, 3);
        Assert.Equal(HealthState.Stalled, one.State);
    }

    [Fact]
    public void Seeding_and_paused_torrents_do_not_hide_an_outage()
    {
        foreach (var paused in _all.Skip(10))
            paused.Sample = paused.Sample with { Activity = TorrentActivity.Paused };
        for (var quarter = 0; quarter < 8; quarter++) Run(quarter, 100);
        Assert.True(Run(8, 100).IsFrozen);
    }

    private static LadderStep NextOf(Watched one) => Ladder.Next(
        new LadderCase(one.Sample.InfoHash, one.State, Privacy.No, true, true) { HasFleetCopy = true, MayWalk = true },
        LadderMemory.Empty,
        one.Sample.AtMs);

    /// <summary>The others receive a byte in every tick.</summary>
    private ReapedTick Run(int quarter, int still)
    {
        foreach (var moving in _all.Skip(still))
            moving.Sample = moving.Sample with { DownloadedBytes = moving.Sample.DownloadedBytes + 1 };
        return Watched.Look(Watched.TickAt(Watched.Start + quarter * QuarterMs), _all);
    }
}
