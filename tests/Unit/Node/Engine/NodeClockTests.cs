using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anarchive.Tests;

public sealed class NodeClockTests
{
    private static readonly long StepMax = Limits.ClockStepMsMax;

    private readonly SetTime _time = new();
    private readonly NodeClock _clock;

    public NodeClockTests() => _clock = new NodeClock(_time, NullLogger<NodeClock>.Instance);

    [Fact]
    public void Time_that_passes_is_adopted()
    {
        _time.Pass(24 * 3600 * 1000);
        Assert.Equal(_time.WallMs, _clock.NowMs());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_correction_of_five_minutes_is_adopted(int sign)
    {
        _time.Step(sign * StepMax);
        Assert.Equal(_time.WallMs, _clock.NowMs());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_larger_step_is_not_adopted(int sign)
    {
        var before = _clock.NowMs();
        _time.Step(sign * (StepMax + 1));
        Assert.Equal(before, _clock.NowMs());
        _time.Pass(60_000);
        Assert.Equal(before + 60_000, _clock.NowMs());
    }

    [Fact]
    public void A_peer_that_shows_the_same_time_confirms_a_step()
    {
        _time.Step(-10 * StepMax);
        _clock.NowMs();
        _clock.Hear(_time.WallMs + StepMax);
        Assert.Equal(_time.WallMs, _clock.NowMs());
        _time.Pass(1_000);
        Assert.Equal(_time.WallMs, _clock.NowMs());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_peer_that_shows_another_time_confirms_nothing(long theirs)
    {
        var before = _clock.NowMs();
        _time.Step(10 * StepMax);
        _clock.Hear(theirs);
        _clock.Hear(before);
        _clock.Hear(_time.WallMs + StepMax + 1);
        Assert.Equal(before, _clock.NowMs());
    }

    [Fact]
    public void No_peer_moves_a_clock_that_has_not_stepped()
    {
        var before = _clock.NowMs();
        _clock.Hear(before + StepMax);
        Assert.Equal(before, _clock.NowMs());
    }

    [Fact]
    public void A_clock_set_right_again_is_followed()
    {
        _time.Step(10 * StepMax);
        _clock.NowMs();
        _time.Pass(60_000);
        _time.Step(-10 * StepMax);
        Assert.Equal(_time.WallMs, _clock.NowMs());
    }

    [Fact]
    public void A_start_takes_the_clock_as_it_is()
    {
        _time.Step(10 * StepMax);
        Assert.Equal(_time.WallMs, new NodeClock(_time, NullLogger<NodeClock>.Instance).NowMs());
    }

    [Fact]
    public void Durations_of_the_system_pass_as_its_wall_clock_does()
    {
        var time = SystemTime.Instance;
        var (started, wall) = (time.GetTimestamp(), time.GetUtcNow());
        SpinWait.SpinUntil(() => time.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(5));
        Assert.InRange(time.GetUtcNow() - wall, TimeSpan.FromMilliseconds(4), TimeSpan.FromMinutes(1));
    }

    /// <summary>A wall clock and a clock of durations, both moved by hand.</summary>
    private sealed class SetTime : TimeProvider
    {
        private long _passedMs;

        public long WallMs { get; private set; } = 1_700_000_000_000;

        public override long TimestampFrequency => 1_000;

        public void Pass(long ms) => (_passedMs, WallMs) = (_passedMs + ms, WallMs + ms);

        public void Step(long ms) => WallMs += ms;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(WallMs);

        public override long GetTimestamp() => _passedMs;
    }
}
