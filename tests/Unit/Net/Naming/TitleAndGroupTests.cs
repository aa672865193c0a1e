using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class TitleAndGroupTests
{
    [Theory]
    [InlineData("Harbour.Lights.2010.S02E14.HDTV", "Harbour Lights", 2010)]
    [InlineData("Harbour Lights (2010) - S02E14", "Harbour Lights", 2010)]
    [InlineData("Harbour Lights [2010] [S02E14]", "Harbour Lights", 2010)]
    [InlineData("Harbour Lights (2024/S01E07/WEB-DL/1080p)", "Harbour Lights", 2024)]
    [InlineData("Harbour.Lights.S02.2010.1080p", "Harbour Lights", 2010)]
    [InlineData("2012.The.Reckoning.2009.1080p", "2012 The Reckoning", 2009)]
    [InlineData("1983.S01E01.720p", "1983", null)]
    [InlineData("Mr. Harbour's Lights! - S01E01", "Mr. Harbour's Lights!", null)]
    [InlineData("24-7 Harbour - Lights - S01E03 - Third", "24-7 Harbour - Lights", null)]
    [InlineData("[ www.example.com ] - Harbour.Lights.S01E03.720p", "Harbour Lights", null)]
    [InlineData("example.org - Harbour Lights S01E03", "Harbour Lights", null)]
    [InlineData("[Group] Harbour Lights (Another Name) - 03 [720p]", "Harbour Lights (Another Name)", null)]
    public void Titles_and_years(string name, string title, int? year)
    {
        var read = NameParser.Parse(name);
        Assert.Equal((title, year), (read.Title, read.Year));
    }

    [Theory]
    [InlineData("Огни гавани (S2E1) / Harbour Lights (S2E1) (2023) WEB-DL 1080p", "Harbour Lights", "Огни гавани")]
    [InlineData("Огни гавани AKA Harbour Lights S02 1080p", "Harbour Lights", "Огни гавани")]
    [InlineData("[组][港口之光/Harbour Lights][05][1080P]", "Harbour Lights", "港口之光")]
    [InlineData("[组][港口之光][Harbour Lights][2019][05][1080P]", "Harbour Lights", "港口之光")]
    [InlineData("【组】★10月新番★[港口之光 Harbour Lights][05][1080P]", "Harbour Lights", "")]
    [InlineData("[组][港口之光][05][1080P]", "港口之光", "")]
    [InlineData("등대 이야기.E05.1080p-GRP", "등대 이야기", "")]
    public void Of_titles_in_several_scripts_the_latin_one_comes_first(string name, string title, string others)
    {
        var read = NameParser.Parse(name);
        Assert.Equal((title, others), (read.Title, string.Join('|', read.OtherTitles)));
    }

    [Theory]
    [InlineData("Harbour.Lights.S01E01.720p.HDTV.x264-GRP", "GRP")]
    [InlineData("Harbour.Lights.S01E01.720p.HDTV.x264-GRP.mkv", "GRP")]
    [InlineData("Harbour.Lights.S01E01.720p.HDTV.x264-D-4RK", "D-4RK")]
    [InlineData("Harbour.Lights.S01E01.720p.WEB.DDP5.1.H.264-A.B.C", "A.B.C")]
    [InlineData("Harbour.Lights.S01E01.720p.HDTV.x264-GRP[rarbg.to]", "GRP")]
    [InlineData("Harbour.Lights.S01E01.720p.HDTV.x264-GRP-xpost", "GRP")]
    [InlineData("Harbour.Lights.S01E01.720p.HDTV.x264-GRP (Other Name, Subs)", "GRP")]
    [InlineData("Harbour.Lights.S01E01-GRP", "GRP")]
    [InlineData("Harbour Lights S01 (1080p BluRay x265 Encoder) [GRP]", "GRP")]
    [InlineData("Harbour Lights - S01E01 - Storms (1080p WEB-DL x265 GRP).mkv", "GRP")]
    [InlineData("Harbour Lights S01 1080p Remux FLAC 2.0 - GRP", "GRP")]
    [InlineData("[Grp-Two] Harbour Lights - 05 [1080p]", "Grp-Two")]
    [InlineData("[组字幕社&Grp] 港口之光 - 05 [1080p]", "组字幕社&Grp")]
    [InlineData("Harbour Lights - 031 - Storms [Grp].avi", "Grp")]
    [InlineData("Harbour Lights S01E01 HDTV XviD GRP", "")]
    [InlineData("Harbour Lights - S01E01 - Storms [HDTV-720p]", "")]
    [InlineData("Harbour Lights - S01E01 - Self-Made", "")]
    [InlineData("Harbour.Lights.S01E01.Self-Made.WEBDL-1080p.mkv", "")]
    public void Groups(string name, string group) => Assert.Equal(group, NameParser.Parse(name).Group);

    [Theory]
    [InlineData("[Group] Harbour Lights - 05 [1080p][5c7BC4F9].mkv", "5C7BC4F9")]
    [InlineData("[Group] Harbour Lights - 05 (1080p) (10BBF2EA)", "10BBF2EA")]
    [InlineData("[Group] Harbour Lights - 05 [10201010]", "10201010")]
    [InlineData("[Group] Harbour Lights [20201013] [720p]", "")]
    [InlineData("[Group] Harbour Lights - 05 [5C7BC4]", "")]
    public void Checksums(string name, string checksum) =>
        Assert.Equal(checksum, NameParser.Parse(name).Checksum);

    [Fact]
    public void Text_for_logs_names_no_work()
    {
        var text = NameParser.Parse("[Group] Harbour Lights - S02E05 [1080p].mkv").ToString();
        Assert.DoesNotContain("Harbour", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Group", text, StringComparison.Ordinal);
        Assert.Contains("s2 e5", text, StringComparison.Ordinal);
    }
}
