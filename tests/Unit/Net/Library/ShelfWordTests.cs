using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What of a file's place others are told.</summary>
public sealed class ShelfWordTests
{
    private const string Key = "osh:0123456789abcdef:200000";

    [Theory]
    [InlineData("Orchard S02E07.mkv", "work:tvdb:s7", "7")]
    [InlineData("Orchard S02E07-E09.mkv", "work:tvdb:s7", "7 8 9")]
    // Counted from the start of the show: a catalogue of seasons numbers it otherwise.
    [InlineData("[Group] Orchard - 137 [1080p].mkv", "work:tvdb:s7", null)]
    [InlineData("[Group] Orchard - 137 [1080p].mkv", "work:imdb:tt0083658", null)]
    [InlineData("[Group] Orchard - 137 [1080p].mkv", "work:mal:7", "137")]
    [InlineData("[Group] Orchard - 137 [1080p].mkv", "work:anidb:7", "137")]
    [InlineData("[Group] Orchard - 12.5 [1080p].mkv", "work:anidb:7", null)]
    [InlineData("Orchard 2024-05-12.mkv", "work:tvdb:s7", null)]
    [InlineData("Orchard 2024-05-12.mkv", "work:mal:7", null)]
    public void Numbers_that_a_catalogue_may_give_otherwise_are_told_nobody(string file, string work, string? told)
    {
        var place = ShelfPlace.Of(NameParser.Parse(file), file, null);
        Assert.Equal(ShelfKind.Episode, place.Kind);
        var said = ShelfWord.Observation(
            new ShelfWord(null, "Orchard", null, 0, 0, 0, work).Apply(place), Key, 490_000);
        Assert.Equal(told, said is null ? null : string.Join(' ', said.Episodes));
    }

    [Fact]
    public void More_episodes_than_an_observation_holds_are_none()
    {
        Assert.True(WorkId.TryParse("work:tvdb:s7", out var work));
        var place = new ShelfPlace(ShelfKind.Episode, "Orchard", work!.ToString(), null, 1, 1, 50, null, null);
        Assert.Equal(50, place.EpisodesIn(work).Count);
        Assert.Empty((place with { Last = 51 }).EpisodesIn(work));
        Assert.Empty((place with { Last = 2.5m }).EpisodesIn(work));
    }
}
