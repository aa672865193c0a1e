using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class LibrarySaidTests
{
    [Theory]
    [InlineData(true, 0, "from you")]
    [InlineData(true, 1, "from you and 1 friend")]
    [InlineData(true, 3, "from you and 3 friends")]
    [InlineData(false, 1, "from 1 friend")]
    [InlineData(false, 3, "from 3 friends")]
    [InlineData(false, 0, "heard in your file")]
    public void Sources_are_counted(bool isOwn, int friends, string said) =>
        Assert.Equal(said, LibrarySaid.From(new MarkerSources(isOwn, friends, true)));

    [Theory]
    [InlineData("Show S02E05.mkv", "S02 E05")]
    [InlineData("Show S02E05-E06.mkv", "S02 E05–06")]
    [InlineData("Show S00E03.mkv", "Special 03")]
    [InlineData("Show 2024-05-12.mkv", "2024-05-12")]
    [InlineData("Show - Trailer.mkv", "Extra")]
    [InlineData("Film (1999).mkv", null)]
    public void Episodes_are_called_as_people_call_them(string file, string? said) =>
        Assert.Equal(said, LibrarySaid.Episode(ShelfPlace.Of(NameParser.Parse(file), file, null)));

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(59_999, "0:59")]
    [InlineData(3_599_000, "59:59")]
    [InlineData(3_600_000, "1:00:00")]
    public void Times_are_those_of_players(long ms, string said) => Assert.Equal(said, LibrarySaid.Clock(ms));

    [Theory]
    [InlineData(10, 1, 1, "An intro was found in the one episode that was listened to.")]
    [InlineData(1, 1, 0, "No intro was found in the one episode that was listened to.")]
    [InlineData(10, 3, 3, "An intro was found in 3 of the 3 episodes that were listened to.")]
    [InlineData(10, 10, 10, "An intro was found in all 10 episodes.")]
    [InlineData(10, 10, 4, "An intro was found in 4 of 10 episodes.")]
    public void All_of_a_season_is_said_only_where_all_was_listened_to(int here, int heard, int found, string said)
    {
        var last = new DetectionView("1", DetectionState.Done, "", null, null, 0, []);
        var season = new SeasonIntros(
            null!, 1, [.. Enumerable.Repeat("", here)], 0, 0, 0, TimeSpan.Zero, [], 0, last)
        {
            LastFound = (heard, found),
        };
        Assert.Equal(said, IntrosSaid.Verdict(season));
    }

    [Fact]
    public void A_list_names_intro_and_credits_once_each()
    {
        SkipOffer[] offers =
        [
            new(MarkerType.Recap, 0, 0, 9_000, true, new MarkerSources(true, 0, false)),
            new(MarkerType.Intro, 0, 10_000, 20_000, true, new MarkerSources(false, 3, false)),
            new(MarkerType.Outro, 0, 90_000, 99_000, false, new MarkerSources(true, 0, false)),
        ];
        Assert.Equal("intro from 3 friends, credits from you", LibrarySaid.Markers(offers));
        Assert.Null(LibrarySaid.Markers(offers[..1]));
    }
}
