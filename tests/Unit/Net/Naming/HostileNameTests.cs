using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Strangers write file names: whatever they hold, reading them is bounded work.</summary>
public sealed class HostileNameTests
{
    private const int Long = 100_000;

    public static TheoryData<string> LongNames =>
    [
        new string('a', Long), new string('1', Long), new string('.', Long), new string('[', Long),
        new string(']', Long), new string('-', Long), new string('\u0301', Long), new string('\ud800', Long),
        new string('\u200b', Long), Many("[a"), Many("(1)"), Many("S01E01"), Many("E01-"), Many("1x1x"), Many("01-02-"),
        Many("DD+"), Many("720p."), Many("a.com "), Many("第01话"), Many("1.2."), Many("2001.01.01."), Many(" - 01"),
        Many("((("), Many("[]"), Many("{}()[]"), Many("/"), Many("v2 "), Many("Part 1 "), Many("Season 1 "),
        Many("\ud83d\ude00"), Many("-01"), Many("~"),
    ];

    [Theory, MemberData(nameof(LongNames))]
    public void A_name_of_100_KB_is_read_as_far_as_names_go(string name)
    {
        NameShape.Holds(NameParser.Parse(name));
        NameShape.Holds(NameParser.Parse(name + ".mkv", [name, name, name, name]));
        Assert.InRange(NameText.Clean(name).Length, 0, NameText.CharsMax);
    }

    [Fact]
    public void A_long_name_keeps_its_extension_and_its_beginning()
    {
        var name = NameParser.Parse("Harbour Lights S02E05 " + new string('x', Long) + ".mkv");
        Assert.Equal(("Harbour Lights", 2, Container.Mkv), (name.Title, name.Season, name.Quality.Container));
    }

    [Fact]
    public void What_stands_behind_the_limit_is_not_read() =>
        Assert.Null(NameParser.Parse(new string('x', NameText.CharsMax) + " S02E05").Season);

    [Theory]
    [InlineData("Harbour\u0000Lights\u0007.S02E05\r\n.mkv")]
    [InlineData("\u202eHarbour Lights\u202c S02E05.mkv")]
    [InlineData("Harbour\u00a0Lights \u200bS02\u200bE05.mkv")]
    [InlineData("\ufeffHarbour Lights S02E05.mkv")]
    [InlineData("Harbour\ud800Lights\udc00 S02E05.mkv")]
    [InlineData("Harbour\u2028Lights S02E05.mkv\u200f")]
    public void Controls_marks_of_direction_and_halves_of_pairs_are_blanks_or_nothing(string name)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(("Harbour Lights", 2, Container.Mkv), (read.Title, read.Season, read.Quality.Container));
        Assert.Equal([5], read.Episodes);
        NameShape.Holds(read);
    }

    [Theory]
    [InlineData("מגדלור S02E05 720p", "מגדלור", 5)]
    [InlineData("أضواء الميناء - 05 [720p]", "أضواء الميناء", 5)]
    [InlineData("Φώτα S02E05", "Φώτα", 5)]
    [InlineData("港口之光 第５話", "港口之光", 5)]
    public void Text_of_any_direction_is_title(string name, string title, int number)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(title, read.Title);
        Assert.Equal([number], read.Episodes.Select(n => (decimal)n).Concat(read.Absolute));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("...")]
    [InlineData("[]")]
    [InlineData("-")]
    [InlineData(".mkv")]
    [InlineData("( [ { ) ] }")]
    [InlineData("\u0000")]
    [InlineData("\ud800")]
    [InlineData("????????")]
    public void Names_without_words_say_nothing(string name)
    {
        var read = NameParser.Parse(name);
        NameShape.Holds(read);
        Assert.Equal(("", ReleaseKind.Unknown), (read.Title, read.Kind));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("05")]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999999999")]
    [InlineData("S99999E99999")]
    [InlineData("S01E999999999999")]
    [InlineData("99999x99999")]
    [InlineData("9999.99.99")]
    [InlineData("0000.00.00")]
    [InlineData("00000000")]
    [InlineData("S00E00")]
    [InlineData("1-99999")]
    [InlineData("[0-9999]")]
    [InlineData("S01E1-E99999")]
    [InlineData("0000-9999 [720p]")]
    [InlineData("9999p 99999x99999 v99")]
    public void Numbers_of_any_size_overflow_nothing(string name)
    {
        NameShape.Holds(NameParser.Parse(name));
        NameShape.Holds(NameParser.Parse("[Group] Title - " + name + " [720p].mkv", [name, "Season " + name]));
    }

    [Fact]
    public void A_range_longer_than_any_series_is_no_list() =>
        Assert.InRange(NameParser.Parse("Harbour Lights S01E1-E99999").Episodes.Count, 0, 1);

    private static string Many(string piece) => string.Concat(Enumerable.Repeat(piece, Long / piece.Length));
}
