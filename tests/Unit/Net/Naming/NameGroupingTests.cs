using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class NameGroupingTests
{
    [Theory]
    [InlineData("Show.S02E05.1080p.WEB-DL.mkv", GroupingKind.Episode, 2, "5", null, null)]
    [InlineData("Show.S02E05E06.mkv", GroupingKind.Multi, 2, "5,6", null, null)]
    [InlineData("Show.S00E03.mkv", GroupingKind.Episode, 0, "3", null, null)]
    [InlineData("The Long Road (2010).mkv", GroupingKind.Movie, 0, "0", null, null)]
    [InlineData("The Long Road (2010) CD2.avi", GroupingKind.Movie, 0, "0", null, 2)]
    [InlineData("[Group] Show - NCOP1 [1080p].mkv", GroupingKind.Extra, 0, "1", null, null)]
    public void A_name_says_what_an_observation_can_say(
        string name, GroupingKind kind, int season, string episodes, int? absolute, int? part)
    {
        var facts = NameGrouping.Read(NameParser.Parse(name), [], out var fault);
        Assert.Null(fault);
        Assert.Equal((kind, season, absolute, part), (facts!.Kind, facts.Season, facts.Absolute, facts.FilePart));
        Assert.Equal(episodes, string.Join(',', facts.Episodes));
    }

    [Theory]
    [InlineData("[Group] Show - 117 [1080p].mkv", "season")]
    [InlineData("[Group] Show - 12.5 [1080p].mkv", "episodes")]
    [InlineData("Show.2021.03.14.mkv", "episodes")]
    [InlineData("holiday.mkv", "kind")]
    [InlineData("Show.Season.3.Complete", "kind")]
    [InlineData("Show.S1999E01.mkv", "season")]
    [InlineData("Show.S01E10001.mkv", "episodes")]
    public void What_it_does_not_say_is_not_guessed(string name, string member)
    {
        Assert.Null(NameGrouping.Read(NameParser.Parse(name), [], out var fault));
        Assert.Equal(member, fault);
    }

    [Theory]
    [InlineData("Show.S02E05E06.mkv", "work:tvdb:s81797", "work:tvdb:s81797 work:tvdb:s81797/2/5 work:tvdb:s81797/2/6")]
    [InlineData("[Group] Show - 117.mkv", "work:mal:21", "work:mal:21 work:mal:21/1/117")]
    [InlineData("Show.S02E05.mkv", "work:mal:21", "work:mal:21 work:mal:21/1/5")]
    [InlineData("The Long Road (2010).mkv", "work:tmdb:m603", "work:tmdb:m603")]
    [InlineData("holiday.mkv", "work:tvdb:s81797", "work:tvdb:s81797")]
    [InlineData("[Group] Show - NCOP1 [1080p].mkv", "work:tvdb:s81797", "")]
    public void A_file_is_a_copy_of_what_its_owner_and_its_name_say(string name, string work, string keys) =>
        Assert.Equal(keys, string.Join(' ', NameGrouping.WorksOf(NameParser.Parse(name), [Work(work)])));

    [Fact]
    public void A_number_from_the_start_is_the_episodes_where_an_entry_is_one_season()
    {
        var name = NameParser.Parse("[Group] Show - 117 [1080p].mkv");
        foreach (var entry in new[] { "work:mal:21", "work:anidb:69" })
        {
            var facts = NameGrouping.Read(name, [Work(entry)], out _)!;
            Assert.Equal((GroupingKind.Episode, 1, 117), (facts.Kind, facts.Season, Assert.Single(facts.Episodes)));
        }

        Assert.Null(NameGrouping.Read(name, [Work("work:mal:21"), Work("work:tvdb:s81797")], out var fault));
        Assert.Equal("season", fault);
    }

    [Fact]
    public void A_film_is_one_whatever_number_its_name_ends_in()
    {
        var name = NameParser.Parse("Apollo 13 1080p.mkv");
        Assert.Equal(GroupingKind.Movie, NameGrouping.Read(name, [Work("work:tmdb:m568")], out _)!.Kind);
        Assert.Null(NameGrouping.Read(name, [Work("work:tmdb:m568"), Work("work:tvdb:s1")], out var fault));
        Assert.Equal("work", fault);
        // Nor is a trailer of it the film.
        var extra = NameParser.Parse("Trailer.mkv", ["Apollo 13 (1995)", "Trailers"]);
        Assert.Equal(GroupingKind.Extra, NameGrouping.Read(extra, [Work("work:tmdb:m568")], out _)!.Kind);
    }

    private static WorkId Work(string text)
    {
        Assert.True(WorkId.TryParse(text, out var work));
        return work!;
    }
}
