using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class MarkerEdgesTests
{
    private const long Duration = 1_420_100;

    [Fact]
    public void Points_lie_early_and_never_beyond_the_end()
    {
        Assert.Equal(new Stretch(60_800, 151_200), Unbiased(60_000, 150_000));
        Assert.Equal(new Stretch(1_400_800, Duration), Unbiased(1_400_000, 1_419_900));
        Assert.Equal(new Stretch(Duration, Duration), Unbiased(Duration, Duration));
    }

    [Theory]
    [InlineData(MarkerType.Intro, 1_000, 90_040, 0, 90_000L)]
    [InlineData(MarkerType.Intro, 1_050, 90_050, 1_100, 90_100L)]
    [InlineData(MarkerType.Outro, 1_300_000, Duration - 10_000, 1_300_000, null)]
    [InlineData(MarkerType.Outro, 1_300_000, Duration - 10_001, 1_300_000, 1_410_100L)]
    [InlineData(MarkerType.Intro, 1_300_000, Duration, 1_300_000, Duration)]
    public void Edges_near_the_ends_of_the_file_are_its_ends(
        MarkerType type, long start, long end, long startThen, long? endThen) =>
        Assert.Equal(
            new MarkerBounds(startThen, endThen),
            MarkerEdges.Settle(new Stretch(start, end), type, Duration, [], []));

    [Fact]
    public void Edges_move_to_where_picture_and_sound_pause_together()
    {
        Stretch[] black = [new(58_000, 58_700), new(150_900, 152_400)];
        Stretch[] silent = [new(58_200, 58_900), new(151_600, 151_900)];
        Assert.Equal(new MarkerBounds(58_700, 151_600), Settle(black, silent));
        Assert.Equal(new MarkerBounds(60_000, 150_000), Settle(black, []));
        Assert.Equal(new MarkerBounds(60_000, 150_000), Settle([], silent));
        Assert.Equal(new MarkerBounds(60_000, 150_000), Settle([new(57_000, 57_900)], [new(57_000, 57_900)]));
    }

    [Fact]
    public void An_intro_between_two_pauses_never_ends_before_it_begins()
    {
        var bounds = MarkerEdges.Settle(
            new Stretch(60_000, 61_000), MarkerType.Intro, Duration,
            [new(59_900, 61_500)], [new(59_900, 61_500)]);
        Assert.Equal(new MarkerBounds(60_000, 61_000), bounds);
    }

    private static MarkerBounds Settle(Stretch[] black, Stretch[] silent) =>
        MarkerEdges.Settle(new Stretch(60_000, 150_000), MarkerType.Intro, Duration, black, silent);

    private static Stretch Unbiased(long start, long end) =>
        MarkerEdges.Unbiased(new FoundRange(start, end, 90, Method.Chromaprint, 3), Duration);

    [Theory]
    [InlineData(MarkerType.Outro, 1_380_040, 1_415_000, 1_380_000, 1_415_000L)]
    [InlineData(MarkerType.Outro, 1_380_040, 1_419_300, 1_380_000, null)]
    [InlineData(MarkerType.Preview, 1_380_040, 1_419_300, 1_380_000, 1_419_300L)]
    [InlineData(MarkerType.Intro, 900, 60_060, 0, 60_100L)]
    public void A_chapter_ends_where_it_says_though_the_file_ends_seconds_later(
        MarkerType type, long start, long end, long expectedStart, long? expectedEnd) =>
        Assert.Equal(
            new MarkerBounds(expectedStart, expectedEnd),
            MarkerEdges.OfChapter(new Chapter("", start, end), type, 1_420_000));
}
