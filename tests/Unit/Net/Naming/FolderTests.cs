using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class FolderTests
{
    [Theory]
    [InlineData("Harbour Lights (2003)/Season 3/S03E05 - Storms.mkv", "Harbour Lights", 3, 5)]
    [InlineData("Harbour Lights/Season 03/05 Storms.mkv", "Harbour Lights", 3, 5)]
    [InlineData("Harbour Lights/Season 3/5 Storms (1080p).mkv", "Harbour Lights", 3, 5)]
    [InlineData("Harbour Lights/Season 3/05.mkv", "Harbour Lights", 3, 5)]
    [InlineData("Harbour Lights/Season 3/Harbour Lights - 05.mkv", "Harbour Lights", 3, 5)]
    [InlineData("Harbour Lights/Specials/Harbour Lights - 05.mkv", "Harbour Lights", 0, 5)]
    [InlineData("Harbour.Lights.S03E05.720p.HDTV-GRP/abcdefgh.mkv", "Harbour Lights", 3, 5)]
    [InlineData("Harbour.Lights.S03E05.720p-GRP/185d86a343e39f3341e35c4dad3f9a10.mkv", "Harbour Lights", 3, 5)]
    [InlineData("Harbour Lights - 3x05 - Storms [SDTV]/305 - Storms.avi", "Harbour Lights", 3, 5)]
    [InlineData("Harbour Lights/Season 3/7 Dwarfs - S03E05.mkv", "7 Dwarfs", 3, 5)]
    public void Folders_add_what_the_file_leaves_out(string path, string title, int season, int episode)
    {
        var read = Parse(path);
        Assert.Equal((title, season), (read.Title, read.Season));
        Assert.Equal([episode], read.Episodes);
        Assert.Empty(read.Absolute);
    }

    [Fact]
    public void A_folder_of_one_season_does_not_number_what_has_a_number_of_its_own()
    {
        var read = Parse("Harbour Lights/Season 3/Harbour Lights S04E01.mkv");
        Assert.Equal(4, read.Season);
    }

    [Fact]
    public void A_folder_of_several_seasons_says_none()
    {
        var read = Parse("Harbour.Lights.S01-S05.1080p/05.mkv");
        Assert.Null(read.Season);
        Assert.Equal([5], read.Absolute);
    }

    [Fact]
    public void A_batch_gives_title_group_and_quality()
    {
        var read = Parse("[Group] Harbour Lights (01-12) [1080p][HEVC]/05.mkv");
        Assert.Equal(("Harbour Lights", "Group"), (read.Title, read.Group));
        Assert.Equal([5], read.Absolute);
        Assert.True(read.Quality is { Lines: 1080, Video: VideoCodec.Hevc, Container: Container.Mkv });
    }

    [Fact]
    public void A_films_folder_has_its_year()
    {
        var read = Parse("Films/The Long Road (2010)/The Long Road.mkv");
        Assert.Equal(("The Long Road", 2010, ReleaseKind.Movie), (read.Title, read.Year, read.Kind));
    }

    [Theory]
    [InlineData("Harbour Lights/Extras/Making of.mkv")]
    [InlineData("Harbour Lights/Deleted Scenes/Storms.mkv")]
    public void What_lies_among_the_extras_is_one(string path) => Assert.Equal(ReleaseKind.Extra, Parse(path).Kind);

    [Fact]
    public void Folders_further_out_are_not_read() =>
        Assert.Equal("", Parse("Harbour Lights S01E01/a/b/c/../05.mkv".Replace("a/b/c/..", "1/2/3")).Title);

    private static ReleaseName Parse(string path)
    {
        var parts = path.Split('/');
        return NameParser.Parse(parts[^1], parts[..^1]);
    }
}
