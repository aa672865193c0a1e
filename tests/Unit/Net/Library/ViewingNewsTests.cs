using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>When the fleet's log is worth a word on what is watched.</summary>
public sealed class ViewingNewsTests
{
    private const long Now = 1_800_000_000_000;
    private const long Film = 6_000_000;

    [Theory]
    // Somebody watches on, and goes on noting it.
    [InlineData(1_000, 120_000, 299_000, false)]
    [InlineData(1_000, 120_000, 301_000, true)]
    // They stopped, a while after the last word, or too soon after it.
    [InlineData(15_000, 120_000, 61_000, true)]
    [InlineData(14_000, 120_000, 61_000, false)]
    [InlineData(15_000, 120_000, 59_000, false)]
    // They came to its end.
    [InlineData(1_000, 5_900_000, 61_000, true)]
    [InlineData(1_000, 5_900_000, 59_000, false)]
    // Nothing else is said, or the last word is later.
    [InlineData(15_000, 60_000, 301_000, false)]
    [InlineData(90_000, 120_000, 61_000, false)]
    public void A_word_follows_another_seldom(long notedAgo, long position, long toldAgo, bool isDue) => Assert.Equal(
        isDue,
        ViewingNews.IsDue(
            new ViewingPlace(position, Film), Now - notedAgo, (new ViewingPlace(60_000, Film), Now - toldAgo), Now));

    [Theory]
    [InlineData(0, 20_000, false)]
    [InlineData(0, 31_000, true)]
    [InlineData(0, 6_000_000, true)]
    [InlineData(86_399_000, 31_000, true)]
    [InlineData(86_400_000, 31_000, false)]
    public void The_first_word_tells_what_was_begun_today(long notedAgo, long position, bool isDue) => Assert.Equal(
        isDue, ViewingNews.IsDue(new ViewingPlace(position, Film), Now - notedAgo, null, Now));

    [Fact]
    public void Two_hours_of_watching_are_some_two_dozen_words()
    {
        var (words, told) = (0, default((ViewingPlace, long)?));
        for (var at = 10_000L; at <= 7_200_000; at += 10_000)
        {
            var place = new ViewingPlace(at, 7_200_000);
            if (!ViewingNews.IsDue(place, Now + at, told, Now + at)) continue;
            (words, told) = (words + 1, (place, Now + at));
        }

        Assert.InRange(words, 20, 30);
    }
}
