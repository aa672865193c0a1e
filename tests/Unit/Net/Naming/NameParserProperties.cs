using System.Globalization;
using Anarchive.Net;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What holds of every name, and of every name that was built from numbers.</summary>
public sealed class NameParserProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(40);

    // Pieces that mean something to some rule, so that random names reach it.
    private static readonly string[] Pieces =
    [
        "S01", "E02", "s1e2", "1x02", "x03", "-04", "-E05", "Season", "Episode", "Ep", "Part", "Vol", "OVA",
        "SP", "NCOP", "Special", "[", "]", "(", ")", "{", "}", " - ", " ", ".", "_", "-", "~", "/", "+", "&",
        "#", "2010", "2024.01.15", "20240115", "05", "5", "103", "12.5", "v2", "END", "720p", "1920x1080", "4K",
        "HDTV", "WEB-DL", "x264", "H.264", "DD+5.1", "DTS-HD MA", "French", "ENG", "-GRP", "[Group]",
        "[5C7BC4F9]", "www.example.com", "AKA", "Title", "港口", "第05话", "第二季", "Огни", "مينا", "\u202e",
        "\u0000", "\ud800", "\ude00", "e\u0301", "５", "【", "】", ".mkv", ".srt", ".en", "Cap.201", "of", "cd1",
        "sample", "Extras", "10708", "140722", "5th Mar 2025",
    ];

    // None of them means anything to a rule.
    private static readonly string[] Words =
        ["Harbour", "Lights", "Quiet", "Old", "Lantern", "River", "Stone", "Winter", "Sailor", "Glass", "Crow", "Fern"];

    private static readonly Gen<string> Pieced =
        Gen.OneOf(Gen.Elements(Pieces), Gen.Elements(Words), Gen.Choose(1, 0xffff).Select(c => $"{(char)c}"))
            .ListOf().Select(parts => string.Concat(parts));

    private static readonly Gen<string> Titles =
        from count in Gen.Choose(1, 4)
        from words in Gen.Elements(Words).ListOf(count)
        select string.Join(' ', words);

    [Fact]
    public void Any_name_is_read() => ForAll(Pieced, name =>
    {
        NameShape.Holds(NameParser.Parse(name));
        return true;
    });

    [Fact]
    public void Any_name_in_any_folders_is_read() => ForAll(Pieced.ListOf(4), names =>
    {
        NameShape.Holds(NameParser.Parse(names[0], [.. names.Skip(1)]));
        return true;
    });

    [Fact]
    public void Reading_again_gives_the_same() => ForAll(
        Pieced, name => NameShape.Of(NameParser.Parse(name)) == NameShape.Of(NameParser.Parse(name)));

    [Fact]
    public void Cleaning_a_clean_name_changes_nothing() =>
        ForAll(Pieced, name => NameText.Clean(NameText.Clean(name)) == NameText.Clean(name));

    [Fact]
    public void A_clean_name_is_read_as_the_name_was() => ForAll(
        Pieced.Where(name => NameText.Clean(name).Length < NameText.CharsMax - 1),
        name => NameShape.Of(NameParser.Parse(NameText.Clean(name))) == NameShape.Of(NameParser.Parse(name)));

    [Fact]
    public void A_title_read_from_a_title_is_itself() => ForAll(
        Titles, title => NameParser.Parse(NameParser.Parse(title).Title).Title == title);

    [Fact]
    public void Season_and_episode_come_back()
    {
        var names =
            from title in Titles
            from season in Gen.Choose(0, 99)
            from episode in Gen.Choose(0, 9_999)
            from spelling in Gen.Elements(
                "{0} S{1:00}E{2:00}", "{0} s{1}e{2}", "{0} - S{1:00}E{2:00} - Name", "{0} S{1:00} E{2:00}",
                "{0} Season {1} Episode {2}", "{0} [S{1:00}E{2:000}]", "{0} - Season {1} - Episode {2} - Name")
            from quality in Gen.Elements("", " 720p HDTV x264-GRP", " [1080p]", " (WEB-DL 1080p)")
            from isDotted in Gen.Elements(true, false)
            let name = Format(spelling, title, season, episode) + quality
            select (Name: isDotted ? name.Replace(' ', '.') : name, title, season, episode);
        ForAll(names, n => NameParser.Parse(n.Name) is var read && read.Title == n.title
            && read.Season == n.season && read.Episodes.SequenceEqual([n.episode]));
    }

    [Fact]
    public void Crossed_numbers_come_back()
    {
        var names =
            from title in Titles
            from season in Gen.Choose(0, 99)
            from episode in Gen.Choose(1, 99)
            select (Name: Format("{0} {1}x{2:00}.avi", title, season, episode), title, season, episode);
        ForAll(names, n => NameParser.Parse(n.Name) is var read && read.Title == n.title
            && read.Season == n.season && read.Episodes.SequenceEqual([n.episode]));
    }

    [Fact]
    public void Ranges_come_back()
    {
        var names =
            from title in Titles
            from season in Gen.Choose(1, 20)
            from first in Gen.Choose(1, 90)
            from more in Gen.Choose(1, 9)
            from spelling in Gen.Elements("S{0:00}E{1:00}-E{2:00}", "S{0:00}E{1:00}-{2:00}", "{0}x{1:00}-{0}x{2:00}")
            select (Name: $"{title} - {Format(spelling, season, first, first + more)} - Name", season, first, more);
        ForAll(names, n => NameParser.Parse(n.Name) is var read
            && read.Season == n.season && read.Episodes.SequenceEqual(Enumerable.Range(n.first, n.more + 1)));
    }

    [Fact]
    public void Numbers_from_the_start_come_back()
    {
        var names =
            from title in Titles
            from number in Gen.Choose(1, 1_899)
            from version in Gen.Choose(1, 5)
            let suffix = version > 1 ? $"v{version}" : ""
            from spelling in Gen.Elements("[Group] {0} - {1:00}{2} [1080p].mkv", "[Group]_{0}_-_{1:00}{2}_(720p)")
            select (Name: Format(spelling, title, number, suffix), title, number, version);
        ForAll(names, n => NameParser.Parse(n.Name) is { Season: null, Group: "Group" } read && read.Title == n.title
            && read.Absolute.SequenceEqual([n.number]) && read.Version == n.version);
    }

    [Fact]
    public void Days_come_back()
    {
        var names =
            from title in Titles
            from day in Gen.Choose(0, 36_000).Select(days => new DateOnly(1950, 1, 1).AddDays(days))
            from spelling in Gen.Elements(
                "{0}.{1:yyyy.MM.dd}.720p", "{0} - {1:yyyy-MM-dd} - Name", "{0} {1:d MMMM yyyy} 720p")
            select (Name: Format(spelling, title, day, 0), title, day);
        ForAll(names, n => NameParser.Parse(n.Name) is var read && read.AirDate == n.day && read.Title == n.title);
    }

    [Fact]
    public void Years_come_back()
    {
        var names =
            from title in Titles
            from year in Gen.Choose(1900, 2099)
            from spelling in Gen.Elements("{0}.{1}.1080p.BluRay.x264-GRP", "{0} ({1}) [1080p]", "{0} ({1})")
            select (Name: Format(spelling, title, year, 0), title, year);
        ForAll(names, n => NameParser.Parse(n.Name) is { Kind: ReleaseKind.Movie } read
            && read.Year == n.year && read.Title == n.title);
    }

    private static string Format(string spelling, object a, object b, object c) =>
        string.Format(CultureInfo.InvariantCulture, spelling, a, b, c);

    private static void ForAll<T>(Gen<T> names, Func<T, bool> holds) =>
        Check.One(Often, Prop.ForAll(names.ToArbitrary(), holds));
}
