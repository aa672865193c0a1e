using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class TorrentHealthTests
{
    private const long HourMs = Watched.HourMs;
    private const long QuarterMs = 15 * Watched.MinuteMs;

    private readonly Watched _one = new(new string('a', 40));

    [Fact]
    public void Six_samples_are_not_enough_before_two_hours_are_over()
    {
        for (var look = 0; look <= 7; look++) Watched.Look(Tick(look * QuarterMs), _one);
        Assert.Equal(HealthState.Healthy, _one.State);
        Watched.Look(Tick(8 * QuarterMs), _one);
        Assert.Equal(HealthState.Stalled, _one.State);
    }

    [Fact]
    public void Two_hours_are_not_enough_before_the_sixth_sample()
    {
        for (var look = 0; look < 5; look++) Watched.Look(Tick(look * HourMs), _one);
        Assert.Equal(HealthState.Healthy, _one.State);
        Watched.Look(Tick(5 * HourMs), _one);
        Assert.Equal(HealthState.Stalled, _one.State);
    }

    [Fact]
    public void One_byte_makes_a_dead_torrent_healthy_and_clears_what_was_counted()
    {
        var endMs = Dead();
        _one.Sample = _one.Sample with { DownloadedBytes = _one.Sample.DownloadedBytes + 1 };
        Watched.Look(Watched.TickAt(endMs + QuarterMs), _one);
        Assert.Equal(HealthState.Healthy, _one.State);
        Assert.Equal((0, 0L, 0, 0), (
            _one.Health!.Samples, _one.Health.StillMs, _one.Health.SeedlessScrapes, _one.Health.EmptyWalks));
        Assert.Equal(endMs + QuarterMs, _one.Health.SinceMs);
    }

    [Theory]
    [InlineData(71, HealthState.Stalled)]
    [InlineData(73, HealthState.Dead)]
    public void Death_takes_72_watched_hours(int hours, HealthState expected)
    {
        _one.LookFor(Watched.Start, hours);
        Assert.Equal(expected, _one.State);
    }

    [Fact]
    public void A_torrent_whose_pieces_are_all_somewhere_is_not_dead()
    {
        _one.Sample = _one.Sample with { AvailablePermille = 1000 };
        _one.LookFor(Watched.Start, 100);
        Assert.Equal(HealthState.Stalled, _one.State);
    }

    [Fact]
    public void A_torrent_whose_availability_nobody_tells_is_not_dead()
    {
        _one.Sample = _one.Sample with { AvailablePermille = null };
        _one.LookFor(Watched.Start, 100);
        Assert.Equal(HealthState.Stalled, _one.State);
    }

    [Fact]
    public void Scrapes_close_to_one_another_are_one()
    {
        _one.Sample = _one.Sample with { Seeds = null };
        var nowMs = _one.LookFor(Watched.Start, 80);
        _one.Sample = _one.Sample with { Seeds = 0 };
        nowMs = _one.LookFor(nowMs, 15);
        Assert.Equal((HealthState.Stalled, 2), (_one.State, _one.Health!.SeedlessScrapes));
        _one.LookFor(nowMs, 2);
        Assert.Equal(HealthState.Dead, _one.State);
    }

    [Fact]
    public void A_scrape_that_names_a_seed_starts_the_count_anew()
    {
        var nowMs = _one.LookFor(Watched.Start, 71);
        _one.Sample = _one.Sample with { Seeds = 1 };
        nowMs = _one.LookFor(nowMs, 1);
        _one.Sample = _one.Sample with { Seeds = 0 };
        nowMs = _one.LookFor(nowMs, 16);
        Assert.Equal(HealthState.Stalled, _one.State);
        _one.LookFor(nowMs, 1);
        Assert.Equal(HealthState.Dead, _one.State);
    }

    [Fact]
    public void Where_the_dht_may_be_asked_death_waits_for_three_empty_walks()
    {
        _one.MayWalk = true;
        var nowMs = _one.LookFor(Watched.Start, 90);
        Assert.Equal(HealthState.Stalled, _one.State);
        _one.Walk = 0;
        nowMs = _one.LookFor(nowMs, 16);
        Assert.Equal(HealthState.Stalled, _one.State);
        _one.LookFor(nowMs, 1);
        Assert.Equal(HealthState.Dead, _one.State);
    }

    [Fact]
    public void A_walk_that_finds_a_peer_starts_the_count_anew()
    {
        (_one.MayWalk, _one.Walk) = (true, 0);
        var nowMs = _one.LookFor(Watched.Start, 71);
        _one.Walk = 3;
        nowMs = _one.LookFor(nowMs, 2);
        Assert.Equal((HealthState.Stalled, 0), (_one.State, _one.Health!.EmptyWalks));
    }

    [Fact]
    public void Without_tracker_and_dht_nobody_can_say_that_a_torrent_is_dead()
    {
        _one.Sample = _one.Sample with { HasTracker = false, Seeds = null };
        _one.LookFor(Watched.Start, 200);
        Assert.Equal(HealthState.Stalled, _one.State);
    }

    [Theory]
    [InlineData(TorrentActivity.Paused)]
    [InlineData(TorrentActivity.Queued)]
    [InlineData(TorrentActivity.Checking)]
    [InlineData(TorrentActivity.Moving)]
    [InlineData(TorrentActivity.Unknown)]
    public void Neutral_torrents_are_never_judged(TorrentActivity activity)
    {
        _one.Sample = _one.Sample with { Activity = activity };
        _one.LookFor(Watched.Start, 200);
        Assert.Equal((HealthState.Healthy, 0), (_one.State, _one.Health!.Samples));
    }

    [Fact]
    public void Hours_that_a_torrent_was_paused_do_not_count()
    {
        var nowMs = _one.LookFor(Watched.Start, 50);
        _one.Sample = _one.Sample with { Activity = TorrentActivity.Paused };
        nowMs = _one.LookFor(nowMs, 48);
        _one.Sample = _one.Sample with { Activity = TorrentActivity.Fetching };
        nowMs = _one.LookFor(nowMs, 21);
        Assert.Equal(HealthState.Stalled, _one.State);
        _one.LookFor(nowMs, 3);
        Assert.Equal(HealthState.Dead, _one.State);
    }

    [Fact]
    public void Days_in_which_nobody_looked_count_as_one_hour()
    {
        var nowMs = _one.LookFor(Watched.Start, 60);
        Watched.Look(Watched.TickAt(nowMs + 240 * HourMs), _one);
        Assert.Equal(HealthState.Stalled, _one.State);
        Assert.InRange(_one.Health!.StillMs, 60 * HourMs, 61 * HourMs);
    }

    [Fact]
    public void Metadata_has_half_an_hour()
    {
        _one.Sample = _one.Sample with
        {
            Activity = TorrentActivity.Metadata,
            AddedMs = Watched.Start,
            DoneBytes = 0,
            SizeBytes = 0,
            DownloadedBytes = 0,
        };
        var nowMs = _one.LookFor(Watched.Start, 2);
        Assert.Equal(HealthState.Healthy, _one.State);
        _one.LookFor(nowMs, 1);
        Assert.Equal(HealthState.Stalled, _one.State);
    }

    [Fact]
    public void A_client_that_has_just_started_is_not_judged()
    {
        for (var quarter = 0; quarter < 40; quarter++)
        {
            var nowMs = Watched.Start + quarter * QuarterMs;
            Watched.Look(new ReaperTick(nowMs, true, nowMs - ReaperTick.WarmUpMs + 1), _one);
        }

        Assert.Equal((HealthState.Healthy, 0), (_one.State, _one.Health!.Samples));
    }

    [Fact]
    public void Nobody_is_judged_while_our_own_link_is_down()
    {
        for (var quarter = 0; quarter < 400; quarter++)
            Watched.Look(new ReaperTick(Watched.Start + quarter * QuarterMs, false, 0), _one);
        Assert.Equal((HealthState.Healthy, 0), (_one.State, _one.Health!.Samples));
    }

    [Fact]
    public void Bytes_that_a_check_found_were_not_received()
    {
        var nowMs = _one.LookFor(Watched.Start, 3);
        _one.Sample = _one.Sample with { Activity = TorrentActivity.Checking, DoneBytes = 0 };
        nowMs = _one.LookFor(nowMs, 1);
        _one.Sample = _one.Sample with { Activity = TorrentActivity.Fetching, DoneBytes = 500_000 };
        _one.LookFor(nowMs, 1);
        Assert.Equal(HealthState.Stalled, _one.State);
    }

    [Fact]
    public void A_counter_that_a_client_forgot_is_no_progress()
    {
        var nowMs = _one.LookFor(Watched.Start, 3);
        _one.Sample = _one.Sample with { DownloadedBytes = 0 };
        _one.LookFor(nowMs, 1);
        Assert.Equal(HealthState.Stalled, _one.State);
    }

    [Fact]
    public void A_seeding_torrent_without_leechers_is_healthy()
    {
        _one.Sample = _one.Sample with { Activity = TorrentActivity.Seeding, DoneBytes = 1_000_000 };
        _one.LookFor(Watched.Start, 300);
        Assert.Equal(HealthState.Healthy, _one.State);
    }

    private static ReaperTick Tick(long afterMs) => Watched.TickAt(Watched.Start + afterMs);

    private long Dead()
    {
        var endMs = _one.LookFor(Watched.Start, 73);
        Assert.Equal(HealthState.Dead, _one.State);
        return endMs;
    }
}
