using Anarchive.Net;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PairComparisonTests
{
    private readonly NoisySound _sound = new(1);

    [Fact]
    public void A_common_theme_is_found_at_the_point_in_both_however_noisy_it_is()
    {
        var theme = _sound.Points(363);
        var first = _sound.Episode(2_400, theme, 300);
        var second = _sound.Episode(2_000, theme, 1_111);
        var common = PairComparison.Compare(first, second, MarkerType.Intro)[0];
        Assert.Equal(811, common.Shift);
        Assert.InRange(common.First.Start, 298, 304);
        Assert.InRange(common.First.End, 659, 665);
        Assert.Equal(common.First.Start + 811, common.Second.Start);
        Assert.InRange(common.Density, 900, 1_000);
    }

    [Fact]
    public void A_voice_over_the_theme_does_not_split_it_but_a_longer_one_does()
    {
        var theme = _sound.Points(363);
        Assert.InRange(Longest(96), 358, 366);
        Assert.InRange(Longest(98), 128, 136);

        int Longest(int covered)
        {
            var heard = theme.ToArray();
            _sound.Points(covered).CopyTo(heard, 133);
            var common = PairComparison.Compare(
                _sound.Episode(2_000, theme, 50, 5), _sound.Episode(2_000, heard, 500, 5), MarkerType.Intro);
            return common.Max(c => c.First.Count);
        }
    }

    [Theory]
    [InlineData(MarkerType.Intro, 110, false)]
    [InlineData(MarkerType.Intro, 130, true)]
    [InlineData(MarkerType.Intro, 965, true)]
    [InlineData(MarkerType.Intro, 985, false)]
    [InlineData(MarkerType.Outro, 985, true)]
    [InlineData(MarkerType.Outro, 3_625, true)]
    [InlineData(MarkerType.Outro, 3_650, false)]
    public void Jingles_are_too_short_and_whole_acts_too_long(MarkerType type, int length, bool found)
    {
        var theme = _sound.Points(length);
        var common = PairComparison.Compare(
            _sound.Episode(4_000, theme, 200, 5), _sound.Episode(4_000, theme, 30, 5), type);
        Assert.Equal(found, common.Count > 0);
    }

    [Fact]
    public void Sounds_that_have_nothing_in_common_share_no_range()
    {
        var nothing = _sound.Points(100);
        Assert.Empty(PairComparison.Compare(
            _sound.Episode(2_400, nothing, -1), _sound.Episode(2_400, nothing, -1), MarkerType.Outro));
    }

    [Fact]
    public void Silence_and_single_points_are_compared_without_harm()
    {
        var still = new SoundWindow(new uint[50_000], 0);
        Assert.Empty(PairComparison.Compare(still, still, MarkerType.Intro));
        Assert.Empty(PairComparison.Compare(SoundWindow.Empty, still, MarkerType.Intro));
        Assert.Empty(PairComparison.Compare(still, SoundWindow.Empty, MarkerType.Intro));
        Assert.Empty(PairComparison.Compare(new SoundWindow([7], 0), still, MarkerType.Intro));
        Assert.Empty(PairComparison.Compare(new SoundWindow([7], 0), new SoundWindow([7], 0), MarkerType.Intro));
    }

    [Fact]
    public void More_points_than_a_day_has_are_refused()
    {
        var points = new uint[SoundWindow.PointsMax + 1];
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoundWindow(points, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoundWindow([], -1));
    }

    [Fact]
    public void Which_of_two_comes_first_makes_no_difference() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
            {
                var sound = new NoisySound(seed);
                var theme = sound.Points(200);
                var first = sound.Episode(900, theme, seed % 600, 90);
                var second = sound.Episode(700, theme, seed % 450, 90);
                var there = PairComparison.Compare(first, second, MarkerType.Intro)
                    .Select(c => (c.First, c.Second, c.Hits)).Order(Comparer<(PointRange, PointRange, int)>.Create(By));
                var back = PairComparison.Compare(second, first, MarkerType.Intro)
                    .Select(c => (c.Second, c.First, c.Hits)).Order(Comparer<(PointRange, PointRange, int)>.Create(By));
                return there.SequenceEqual(back);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static int By((PointRange A, PointRange B, int Hits) x, (PointRange A, PointRange B, int Hits) y) =>
        (x.A.Start, x.B.Start, x.Hits).CompareTo((y.A.Start, y.B.Start, y.Hits));
}
