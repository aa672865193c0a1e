using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SkipOfferTests
{
    private const long Duration = 1_200_000;

    [Fact]
    public void It_stands_over_the_picture_for_eight_seconds_and_in_the_controls_until_three_are_left()
    {
        var intro = Offer(60_000, 90_000);
        Assert.Null(SkipOffer.At([intro], 59_999));
        Assert.Equal(intro, SkipOffer.At([intro], 60_000));
        Assert.Equal(68_000, intro.HideAtMs);
        Assert.Equal(intro, SkipOffer.At([intro], 86_999));
        Assert.Null(SkipOffer.At([intro], 87_000));
    }

    [Fact]
    public void A_short_one_never_hides_after_its_last_moment()
    {
        var recap = Offer(10_000, 16_000);
        Assert.Equal((13_000, 13_000), (recap.HideAtMs, recap.LastMs));
    }

    [Fact]
    public void Of_two_that_overlap_the_later_one_is_offered()
    {
        var (recap, intro) = (Offer(0, 60_000), Offer(30_000, 90_000));
        Assert.Equal(recap, SkipOffer.At([recap, intro], 29_999));
        Assert.Equal(intro, SkipOffer.At([intro, recap], 30_000));
    }

    [Fact]
    public void Sources_are_counted_and_what_is_hidden_too_short_or_not_there_is_not_offered()
    {
        var merged = Merged(MergeLevel.Button, 60_000, 90_000, Vote(VoterRing.Own), Vote(VoterRing.Friend, "b"));
        Assert.Equal(new MarkerSources(true, 1, false), SkipOffer.Of(MarkerType.Intro, 0, merged, Duration)!.Sources);
        Assert.Null(SkipOffer.Of(MarkerType.Intro, 0, merged with { Level = MergeLevel.Hidden }, Duration));
        Assert.Null(SkipOffer.Of(MarkerType.Intro, 0, merged with { StartMs = null, EndMs = null }, Duration));
        Assert.Null(SkipOffer.Of(MarkerType.Intro, 0, merged with { EndMs = 63_000 }, Duration));
        Assert.Null(SkipOffer.Of(MarkerType.Intro, 0, merged with { Clusters = [] }, Duration));
        // A file that ends sooner is skipped to its end, and no further.
        Assert.Equal(80_000, SkipOffer.Of(MarkerType.Outro, 0, merged, 80_000)!.EndMs);
    }

    [Theory]
    [InlineData(SkipChoice.Ask, true, false)]
    [InlineData(SkipChoice.Skip, true, true)]
    [InlineData(SkipChoice.Skip, false, false)]
    [InlineData(SkipChoice.Off, true, null)]
    public void Only_what_is_certain_is_skipped_without_a_question(SkipChoice choice, bool isCertain, bool? skipped) =>
        Assert.Equal(skipped, (Offer(0, 60_000) with { IsCertain = isCertain }).IsSkipped(choice));

    [Theory]
    [InlineData(0, 100_000, false, false)]
    [InlineData(1_999, 100_000, false, false)]
    [InlineData(2_000, 100_000, true, false)]
    [InlineData(29_999, 9_000_000, false, false)]
    [InlineData(30_000, 9_000_000, true, false)]
    [InlineData(89_999, 100_000, true, false)]
    [InlineData(90_000, 100_000, false, true)]
    [InlineData(100_000, 100_000, false, true)]
    public void It_is_gone_on_with_from_its_beginning_to_nine_tenths(
        long position, long duration, bool isUnderWay, bool isWatched)
    {
        var place = new ViewingPlace(position, duration);
        Assert.Equal((true, isUnderWay, isWatched), (place.IsSound, place.IsUnderWay, place.IsWatched));
    }

    [Theory]
    [InlineData(-1, 100)]
    [InlineData(101, 100)]
    [InlineData(0, 0)]
    [InlineData(0, -5)]
    [InlineData(0, long.MaxValue)]
    public void No_place_lies_outside_a_film(long position, long duration) =>
        Assert.False(new ViewingPlace(position, duration).IsSound);

    private static SkipOffer Offer(long start, long end) =>
        new(MarkerType.Intro, 0, start, end, true, new MarkerSources(false, 3, false));

    private static MergedMarker Merged(MergeLevel level, long start, long end, params MarkerVote[] votes) =>
        new(level, start, end, [new MarkerCluster(votes, false, 950, false, false)], []);

    private static MarkerVote Vote(VoterRing ring, string fleet = "a") =>
        new(fleet, ring, Method.Manual, 100, 60_000, 90_000, Duration, false);
}
