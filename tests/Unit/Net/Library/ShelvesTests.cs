using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ShelvesTests
{
    [Fact]
    public void Files_of_one_show_are_one_work_in_the_order_of_its_episodes_with_specials_and_extras_last()
    {
        var show = Assert.Single(Group(
            "Salt and Wire/Season 2/Salt.and.Wire.S02E01.mkv", "Salt.and.Wire.S01E10.720p.mkv",
            "salt and wire - 1x02.mkv", "Salt and Wire S00E01.mkv", "Salt and Wire - Trailer.mkv"));
        Assert.True(show.IsShow);
        Assert.Equal("Salt and Wire", show.Title);
        Assert.Equal(
            [(1, 2m), (1, 10m), (2, 1m), (0, 1m)],
            show.Files.Take(4).Select(f => (f.Place.Season, f.Place.Number)));
        Assert.Equal(ShelfKind.Extra, show.Files[4].Place.Kind);
    }

    [Fact]
    public void Films_of_one_title_are_told_apart_by_their_years()
    {
        var works = Group("Solaris (1972).mkv", "Solaris.1972.1080p.BluRay.mkv", "Solaris (2002).mkv");
        Assert.Equal([(1972, 2), (2002, 1)], works.Select(w => (w.Year!.Value, w.Files.Count)));
        Assert.All(works, w => Assert.Equal(ShelfKind.Film, w.Kind));
    }

    [Fact]
    public void A_show_whose_files_rarely_say_its_year_is_one_and_two_of_one_name_are_two()
    {
        Assert.Single(Group("Orchard (2005) S01E01.mkv", "Orchard S01E02.mkv"));
        Assert.Equal(2, Group("Orchard (2005) S01E01.mkv", "Orchard (2019) S01E01.mkv").Count);
    }

    [Fact]
    public void What_says_neither_episode_nor_year_stands_alone_under_its_name()
    {
        var works = Group("Night Ferries.mkv", "Night Ferries.avi");
        Assert.Equal(2, works.Count);
        Assert.All(works, w => Assert.Equal((ShelfKind.Loose, "Night Ferries"), (w.Kind, w.Title)));
        Assert.NotEqual(works[0].Id, works[1].Id);
    }

    [Fact]
    public void What_fleets_agree_on_goes_before_names_and_takes_files_of_that_title_along()
    {
        var agreed = new GroupingVote("work:tvdb:s1", GroupingKind.Episode, 3, [7], null);
        var works = Shelves.Group(
            [Shelf("Salt and Wire S01E01.mkv"), Shelf("Salt and Wire S01E99.mkv", agreed), Shelf("x7.mkv", agreed)],
            f => f);
        var show = Assert.Single(works);
        Assert.Equal([(1, 1m), (3, 7m), (3, 7m)], show.Files.Select(f => (f.Place.Season, f.Place.Number)));
    }

    [Fact]
    public void A_remake_is_a_work_of_its_own_also_beside_a_film_that_a_catalogue_knows()
    {
        var first = new GroupingVote("work:tmdb:m593", GroupingKind.Movie, 0, [0], null);
        var works = Shelves.Group(
            [
                Shelf("Solaris (1972).mkv", first), Shelf("Solaris.1972.1080p.mkv"), Shelf("Solaris (2002).mkv"),
                Shelf("Solaris.2002.720p.mkv"),
            ],
            f => f);
        Assert.Equal([(1972, 2), (2002, 2)], works.Select(w => (w.Year!.Value, w.Files.Count)));
        // And where a catalogue knows both, each takes the files of its year along.
        var second = new GroupingVote("work:tmdb:m2103", GroupingKind.Movie, 0, [0], null);
        works = Shelves.Group(
            [
                Shelf("Solaris (1972).mkv", first), Shelf("Solaris.1972.1080p.mkv"),
                Shelf("Solaris (2002).mkv", second), Shelf("Solaris.2002.720p.mkv"),
            ],
            f => f);
        Assert.Equal([(1972, 2), (2002, 2)], works.Select(w => (w.Year!.Value, w.Files.Count)));
        // A file that says no year is of the only one that there is.
        Assert.Single(Shelves.Group([Shelf("Solaris (1972).mkv", first), Shelf("Solaris.mkv", first)], f => f));
    }

    [Fact]
    public void A_show_made_anew_is_a_work_of_its_own_also_beside_one_that_a_catalogue_knows()
    {
        var agreed = new GroupingVote("work:tvdb:s1", GroupingKind.Episode, 1, [1], null);
        var works = Shelves.Group(
            [Shelf("Orchard (2005) S01E01.mkv", agreed), Shelf("Orchard (2005) S01E02.mkv"),
                Shelf("Orchard (2019) S01E01.mkv")],
            f => f);
        Assert.Equal([(2005, 2), (2019, 1)], works.Select(w => (w.Year!.Value, w.Files.Count)));
    }

    [Fact]
    public void Articles_and_accents_do_not_sort_and_what_has_no_name_comes_last()
    {
        var works = Shelves.Group(
            [
                new Shelved<string>("n", ShelfPlace.Nameless), Shelf("Zoo (1999).mkv"), Shelf("The Ämter (1999).mkv"),
                Shelf("Boat (1999).mkv"),
            ],
            f => f);
        Assert.Equal(["The Ämter", "Boat", "Zoo", ""], works.Select(w => w.Title));
    }

    [Fact]
    public void The_order_of_the_files_does_not_matter()
    {
        string[] files =
        [
            "A S01E01.mkv", "a.s01e02.mkv", "A (2001) S01E03.mkv", "B (1990).mkv", "B.mkv", "c - Trailer.mkv",
            "2024-05-12 News.mkv", "[Group] D - 12.5 [1080p].mkv",
        ];
        var one = Group(files);
        Array.Reverse(files);
        var other = Group(files);
        Assert.Equal(Show(one), Show(other));

        static IEnumerable<string> Show(IReadOnlyList<ShelfWork<string>> works) =>
            works.Select(w => $"{w.Id} {w.Kind} {w.Title} {w.Year}: {string.Join(", ", w.Files.Select(f => f.File))}");
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>.mkv")]
    [InlineData("\u202eeman\u0000.mkv")]
    [InlineData("\ud800.mkv")]
    [InlineData(".mkv")]
    [InlineData("...")]
    [InlineData("S01E01.mkv")]
    public void An_odd_name_has_a_title_and_a_place(string name)
    {
        var work = Assert.Single(Group(name));
        Assert.NotEqual("", work.Title);
        Assert.Equal(16, work.Id.Length);
        Assert.Equal(work.Id, Assert.Single(Group(name)).Id);
    }

    [Theory]
    [InlineData("Amélie & Co.", "amelie and co")]
    [InlineData("  WALL·E  ", "wall e")]
    [InlineData("It's", "its")]
    [InlineData("海賊王", "海賊王")]
    [InlineData("!!!", "!!!")]
    public void Titles_are_compared_without_case_accents_and_marks(string title, string key) =>
        Assert.Equal(key, TitleKey.Of(title));

    private static IReadOnlyList<ShelfWork<string>> Group(params string[] paths) =>
        Shelves.Group(paths.Select(p => Shelf(p)), f => f);

    private static Shelved<string> Shelf(string path, GroupingVote? agreed = null)
    {
        var parts = path.Split('/');
        return new(path, ShelfPlace.Of(NameParser.Parse(parts[^1], parts[..^1]), parts[^1], agreed));
    }
}
