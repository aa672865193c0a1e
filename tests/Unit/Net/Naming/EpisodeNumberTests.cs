using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Season and episode, seasons alone, and numbers counted from the start.</summary>
public sealed class EpisodeNumberTests
{
    [Theory]
    [InlineData("Harbour.Lights.S02E05.1080p.WEB.x264-GRP", "Harbour Lights", 2, "5")]
    [InlineData("Harbour Lights - s2e5 - The Pier.mkv", "Harbour Lights", 2, "5")]
    [InlineData("Harbour.Lights.S02.E05.720p", "Harbour Lights", 2, "5")]
    [InlineData("Harbour Lights S02 Ep. 05", "Harbour Lights", 2, "5")]
    [InlineData("Harbour_Lights_2x05_The_Pier", "Harbour Lights", 2, "5")]
    [InlineData("Harbour Lights [2x05]", "Harbour Lights", 2, "5")]
    [InlineData("Harbour Lights Season 2 Episode 5", "Harbour Lights", 2, "5")]
    [InlineData("Harbour Lights Series 2 Episode 5", "Harbour Lights", 2, "5")]
    [InlineData("Luces.del.Puerto.T02E05.1080p", "Luces del Puerto", 2, "5")]
    [InlineData("Lumieres du port Saison 2 Episode 5", "Lumieres du port", 2, "5")]
    [InlineData("Harbour.Lights.S2024E118.720p", "Harbour Lights", 2024, "118")]
    [InlineData("Harbour.Lights.2024x118", "Harbour Lights", 2024, "118")]
    [InlineData("Harbour.Lights.S01E1042.720p", "Harbour Lights", 1, "1042")]
    [InlineData("hl-harbours02e05-720p", "hl-harbour", 2, "5")]
    [InlineData("S02E05", "", 2, "5")]
    [InlineData("Harbour.Lights.S02E05.S02E05.1080p", "Harbour Lights", 2, "5")]
    public void Season_and_episode_together_are_read(string name, string title, int season, string episodes) =>
        Expect(name, title, season, episodes);

    [Theory]
    [InlineData("Harbour.Lights.S02E05E06.720p", "5,6")]
    [InlineData("Harbour.Lights.S02E05-E07.720p", "5,6,7")]
    [InlineData("Harbour.Lights.S02E05-07.720p", "5,6,7")]
    [InlineData("Harbour.Lights.S02E05-06-07.720p", "5,6,7")]
    [InlineData("Harbour Lights S02E05 E06", "5,6")]
    [InlineData("Harbour Lights S02E05 & E06", "5,6")]
    [InlineData("Harbour Lights S02E05 - S02E07 - Storms", "5,6,7")]
    [InlineData("Harbour.Lights.2x05x06", "5,6")]
    [InlineData("Harbour Lights 2x05-2x07", "5,6,7")]
    [InlineData("Harbour Lights - 2x05_06 - Storms", "5,6")]
    [InlineData("Harbour Lights S02E98-100", "98,99,100")]
    [InlineData("Harbour Lights (S02E05-06 of 10)", "5,6")]
    public void A_file_of_several_episodes_holds_all_from_first_to_last(string name, string episodes) =>
        Expect(name, "Harbour Lights", 2, episodes);

    [Theory]
    [InlineData("Harbour Lights - S02E05 - 94 Metres", "5")]
    [InlineData("Harbour.Lights.S02E05-720p", "5")]
    [InlineData("Harbour.Lights.S02E05-31st.of.May", "5")]
    [InlineData("Harbour.Lights.S02E05.06.Minutes", "5")]
    [InlineData("Harbour Lights S02E05-3 Wishes", "5")]
    [InlineData("Harbour.Lights.2x05.x264", "5")]
    [InlineData("Harbour.Lights.S02E05-10426008", "5")]
    public void Numbers_of_an_episode_title_are_no_further_episodes(string name, string episodes) =>
        Expect(name, "Harbour Lights", 2, episodes);

    [Theory]
    [InlineData("Harbour.Lights.S02.1080p.BluRay.x264-GRP", 2, 2)]
    [InlineData("Harbour Lights Season 2 [1080p]", 2, 2)]
    [InlineData("Harbour Lights - Temporada 2", 2, 2)]
    [InlineData("Harbour Lights Staffel 2", 2, 2)]
    [InlineData("Harbour Lights - Series 2 [DVD]", 2, 2)]
    [InlineData("Harbour Lights 2nd Season [1080p]", 2, 2)]
    [InlineData("Harbour.Lights.S01-S05.1080p", 1, 5)]
    [InlineData("Harbour Lights Season 1-5", 1, 5)]
    [InlineData("Harbour Lights S01 - S05", 1, 5)]
    public void Seasons_alone_are_packs(string name, int first, int last)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(("Harbour Lights", first, last), (read.Title, read.Season, read.LastSeason));
        Assert.Empty(read.Episodes);
        Assert.Empty(read.Absolute);
        Assert.Equal(ReleaseKind.Season, read.Kind);
    }

    [Theory]
    [InlineData("[Group] Harbour Lights - 07 [1080p].mkv", "7")]
    [InlineData("[Group] Harbour Lights - 07v2 [1080p].mkv", "7")]
    [InlineData("[Group]_Harbour_Lights_-_07_[1080p]", "7")]
    [InlineData("[Group] Harbour Lights 07 [1080p].mkv", "7")]
    [InlineData("[Group] Harbour Lights 107", "107")]
    [InlineData("[Group][Harbour Lights][07][1080p]", "7")]
    [InlineData("[Group][Harbour Lights][07 END][1080p]", "7")]
    [InlineData("[Group] Harbour Lights - 12.5 [1080p].mkv", "12.5")]
    [InlineData("[Group] Harbour Lights - 01-03 [1080p]", "1,2,3")]
    [InlineData("[Group] Harbour Lights (01-03) [1080p]", "1,2,3")]
    [InlineData("[Group] Harbour Lights - 01 ~ 03 [1080p]", "1,2,3")]
    [InlineData("[Group] Harbour Lights 01 - 03 [1080p]", "1,2,3")]
    [InlineData("Harbour Lights - 031 - The Pier", "31")]
    [InlineData("Harbour.Lights.E195.The.Pier.720p", "195")]
    [InlineData("Harbour Lights Ep07 720p", "7")]
    [InlineData("Harbour Lights Episode 7", "7")]
    [InlineData("Harbour Lights #7", "7")]
    [InlineData("Harbour Lights 7. Bölüm", "7")]
    [InlineData("Harbour Lights 第07話", "7")]
    [InlineData("Harbour.Lights.3of6.720p", "3")]
    [InlineData("Harbour Lights 107 VOSTFR 720p", "107")]
    public void Numbers_without_a_season_count_from_the_start(string name, string numbers)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(("Harbour Lights", numbers), (read.Title, string.Join(',', read.Absolute)));
        Assert.Empty(read.Episodes);
    }

    [Theory]
    [InlineData("[Group] Harbour Lights S2 - 07 [1080p]", 2, "7")]
    [InlineData("[Group] Harbour Lights S02 [07][1080p]", 2, "7")]
    [InlineData("Harbour Lights S2 - Episode 7", 2, "7")]
    [InlineData("Harbour.Lights.S02.07.720p", 2, "7")]
    [InlineData("Harbour Lights - Temporada 2 [HDTV][Cap.207]", 2, "7")]
    [InlineData("Harbour Lights [HDTV][Cap.207_209]", 2, "7,8,9")]
    [InlineData("Harbour.Lights.207.HDTV.x264", 2, "7")]
    [InlineData("Harbour.Lights.207.208.HDTV.x264", 2, "7,8")]
    [InlineData("Harbour.Lights.20708.HDTV.x264", 2, "7,8")]
    public void A_number_behind_a_season_or_with_one_in_it_counts_within(string name, int season, string episodes) =>
        Expect(name, "Harbour Lights", season, episodes);

    [Theory]
    [InlineData("[Group] Harbour Lights S21 999", 999)]
    [InlineData("[Group] Harbour Lights S21 - 1000 [1080p]", 1000)]
    public void A_large_number_behind_a_season_counts_from_the_start(string name, int number) =>
        Assert.Equal([number], NameParser.Parse(name).Absolute);

    [Theory]
    [InlineData("[Group] Harbour Lights - 05 - S01E05 [1080p]", 5)]
    [InlineData("[Group] Harbour Lights - 12.5 (S00E01) [1080p]", 12.5)]
    [InlineData("Harbour Lights - S02E02 - 027 - Storms", 27)]
    [InlineData("Harbour Lights - S2010E994 [0994] - Storms", 994)]
    public void A_number_from_the_start_may_stand_beside_season_and_episode(string name, double number)
    {
        var read = NameParser.Parse(name);
        Assert.Equal("Harbour Lights", read.Title);
        Assert.Equal([(decimal)number], read.Absolute);
        Assert.Single(read.Episodes);
    }

    [Theory]
    [InlineData("Harbour Lights - 1x03 - 274 [1080p]")]
    [InlineData("Harbour.Lights.S01E03.13.Days.720p")]
    public void A_number_that_begins_an_episode_title_is_not_counted(string name) =>
        Assert.Empty(NameParser.Parse(name).Absolute);

    [Theory]
    [InlineData("Blade.Chaser.2049.2017.1080p.BluRay.x264-GRP", "Blade Chaser 2049", 2017)]
    [InlineData("Moon 13 (1995) [1080p]", "Moon 13", 1995)]
    [InlineData("1917.2019.1080p.WEB-DL.mkv", "1917", 2019)]
    [InlineData("The.Long.Road.Part.2.2011.1080p", "The Long Road Part 2", 2011)]
    public void Numbers_of_films_belong_to_their_titles(string name, string title, int year)
    {
        var read = NameParser.Parse(name);
        Assert.Equal((title, year, ReleaseKind.Movie), (read.Title, read.Year, read.Kind));
    }

    [Theory]
    [InlineData("185d86a343e39f3341e35c4dad3f9a10.mkv")]
    [InlineData("Zr4u7Yq2Lm9Xc3Vb8Nk5.mkv")]
    [InlineData("0f8b2c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b.mkv")]
    public void Random_names_have_no_numbers(string name)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(ReleaseKind.Unknown, read.Kind);
        Assert.Equal("", read.Title);
    }

    private static void Expect(string name, string title, int season, string episodes)
    {
        var read = NameParser.Parse(name);
        Assert.Equal((title, season, episodes), (read.Title, read.Season, string.Join(',', read.Episodes)));
        Assert.Empty(read.Absolute);
        Assert.Equal(episodes.Contains(',') ? ReleaseKind.Multi : ReleaseKind.Episode, read.Kind);
    }
}
