using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SpecialsAndPartsTests
{
    [Theory]
    [InlineData("Harbour.Lights.S00E03.720p", SpecialKind.Special, 0, "3")]
    [InlineData("Harbour.Lights.S02E00.720p", SpecialKind.Special, 2, "0")]
    [InlineData("Harbour.Lights.S02.Special.720p.HDTV", SpecialKind.Special, 2, "")]
    [InlineData("[Group] Harbour Lights - SP2 [1080p]", SpecialKind.Special, 0, "2")]
    [InlineData("[Group] Harbour Lights - Special [1080p]", SpecialKind.Special, 0, "")]
    [InlineData("[Group] Harbour Lights Specials - 02 [1080p]", SpecialKind.Special, 0, "2")]
    [InlineData("[Group] Harbour Lights OVA [1080p]", SpecialKind.Ova, 0, "")]
    [InlineData("[Group] Harbour Lights OVA 2 [1080p]", SpecialKind.Ova, 0, "2")]
    [InlineData("[Group] Harbour Lights - 02 - OVA [1080p]", SpecialKind.Ova, 0, "2")]
    [InlineData("[Group] Harbour Lights OAD [BD]", SpecialKind.Ova, 0, "")]
    public void Specials_are_of_season_0_unless_the_name_says_another(
        string name, SpecialKind special, int season, string episodes)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(
            ("Harbour Lights", special, season, episodes),
            (read.Title, read.Special, read.Season, string.Join(',', read.Episodes)));
        Assert.Empty(read.Absolute);
        Assert.Equal(ReleaseKind.Episode, read.Kind);
    }

    [Theory]
    [InlineData("[Group] Harbour Lights NCOP1 [BD].mkv", SpecialKind.CreditlessOpening)]
    [InlineData("[Group] Harbour Lights - NCED2a (BD 1080p)", SpecialKind.CreditlessEnding)]
    [InlineData("[Group] Harbour Lights - Creditless Opening [BD]", SpecialKind.CreditlessOpening)]
    [InlineData("[Group] Harbour Lights - Trailer [BD]", SpecialKind.Extra)]
    [InlineData("Harbour.Lights.S02.EXTRAS.DVDRip.XviD", SpecialKind.Extra)]
    [InlineData("harbour.lights.s02e05.720p.hdtv.x264-grp-sample.mkv", SpecialKind.Sample)]
    public void What_goes_with_a_work_is_an_extra(string name, SpecialKind special)
    {
        var read = NameParser.Parse(name);
        Assert.Equal((special, ReleaseKind.Extra), (read.Special, read.Kind));
        Assert.Equal("harbour lights", read.Title, ignoreCase: true);
    }

    [Theory]
    [InlineData("Big.Special.Show.S05E01.HDTV")]
    [InlineData("Trailer.Park.Tales.S05E01.HDTV")]
    [InlineData("The Interview 2014 1080p")]
    public void The_words_within_a_title_are_title(string name) =>
        Assert.Equal(SpecialKind.None, NameParser.Parse(name).Special);

    [Fact]
    public void A_half_was_put_between_two_episodes()
    {
        var read = NameParser.Parse("[Group] Harbour Lights - 12.5 [1080p]");
        Assert.Equal(SpecialKind.Special, read.Special);
        Assert.Equal([12.5m], read.Absolute);
    }

    [Theory]
    [InlineData("Harbour.Lights.S02.Part.1.1080p", 2, 1)]
    [InlineData("Harbour.Lights.S02.Vol.2.1080p", 2, 2)]
    [InlineData("Harbour.Lights.S02.P1.1080p", 2, 1)]
    [InlineData("Harbour.Lights.S02E05b.1080p", 2, 2)]
    public void Seasons_and_episodes_have_parts(string name, int season, int part)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(("Harbour Lights", season, part), (read.Title, read.Season, read.Part));
    }

    [Fact]
    public void A_day_has_parts_and_a_film_has_discs()
    {
        Assert.Equal(2, NameParser.Parse("Evening.Talk.2015.09.07.Part.2.720p").Part);
        var film = NameParser.Parse("The Long Road (2010) cd2.avi");
        Assert.Equal((2, ReleaseKind.Movie), (film.Part, film.Kind));
        Assert.Empty(film.Absolute);
    }

    [Theory]
    [InlineData("Harbour.Lights.Part.2.720p.HDTV", 2)]
    [InlineData("Harbour.Lights.Part.Two.720p.HDTV", 2)]
    [InlineData("Harbour Lights Part02 720p", 2)]
    [InlineData("Harbour Lights - Part 3 - Storms.mkv", 3)]
    public void Parts_where_nothing_else_is_numbered_are_the_episodes(string name, int number)
    {
        var read = NameParser.Parse(name);
        Assert.Equal("Harbour Lights", read.Title);
        Assert.Equal([number], read.Absolute);
        Assert.Null(read.Part);
    }

    [Fact]
    public void A_part_in_an_episode_title_is_not_the_files() =>
        Assert.Null(NameParser.Parse("Harbour.Lights.S02E05.Storms.Part.1.1080p").Part);
}
