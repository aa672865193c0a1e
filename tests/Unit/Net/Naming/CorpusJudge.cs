using System.Text;
using Anarchive.Net;

namespace Anarchive.Tests.Unit;

/// <summary>How far a reading agrees with a row.</summary>
internal enum CorpusVerdict
{
    /// <summary>The row states nothing that a reading could be held against.</summary>
    NotStated,
    Wrong,

    /// <summary>The numbers agree, the title does not.</summary>
    NumbersOnly,
    Right,
}

/// <summary>Holds readings against the corpus, in the corpus's terms.</summary>
/// <remarks>
/// The corpus keeps the year and a fansub's season in the title ("Show 2010", "Show S2" number 7) where the parser
/// takes them out (2010; season 2, episode 7), calls a number without a season the first season's or absolute as the
/// category has it, and numbers a fansub's special as any other. Titles are compared by letters and digits. Many rows
/// of quality and language name no expected value in the file: those are not counted.
/// </remarks>
internal static class CorpusJudge
{
    private static readonly string[] SmallWords = ["the", "of", "a", "an", "and", "or"];

    public static CorpusVerdict Judge(CorpusRow row)
    {
        if (row.Category == "CrapParserFixture") return Of(IsNothing(NameParser.Parse(row.Name)));
        if (row.Values.Count < 2) return CorpusVerdict.NotStated;
        var name = NameParser.Parse(row.Name);
        return row.Category switch
        {
            "SingleEpisodeParserFixture" => Numbers(IsEpisode(name, row.At<int>(2), row.At<int>(3)), row, name),
            "MultiEpisodeParserFixture" => Numbers(
                Season(name) == row.At<int>(2) && Counted(name).SequenceEqual(row.At<int[]>(3)!), row, name),
            "MiniSeriesEpisodeParserFixture" => Numbers(
                IsEpisode(name, 1, row.At<int>(2)) && row.At<string>(3) is var day
                && (day is null || day == $"{name.AirDate:yyyy-MM-dd}"), row, name),
            "SeasonParserFixture" => Numbers(
                name.Season == row.At<int>(2) && name.Episodes.Count != 1 && (name.Part ?? 0) == row.At<int>(3),
                row, name),
            "AbsoluteEpisodeNumberParserFixture" => Absolute(row, name),
            "DailyEpisodeParserFixture" => Daily(row, name),
            "PathParserFixture" => Paths(row),
            "UnicodeReleaseParserFixture" => Unicode(row, name),
            "ParserFixture" => Titles(row, name),
            _ => Tokens(row, name),
        };
    }

    private static CorpusVerdict Tokens(CorpusRow row, ReleaseName name) => row.Category switch
    {
        "ReleaseGroupParserFixture" or "SubGroupParserFixture" => Of(name.Group == (row.At<string>(1) ?? "")),
        "AnimeMetadataParserFixture" when row.Values.Count == 2 => Of(name.Checksum == row.At<string>(1)),
        "AnimeMetadataParserFixture" => Of(name.Group == row.At<string>(1) && name.Checksum == row.At<string>(2)),
        "AnimeVersionFixture" => Of(name.Version == row.At<int>(1)),
        // An address in front hides the title, one behind the group.
        "UrlFixture" when row.Name.EndsWith(']') && !row.Name.Contains("] -", StringComparison.Ordinal)
            && row.At<string>(1) is not { Length: > 6 } => Of(name.Group == (row.At<string>(1) ?? "")),
        "UrlFixture" => Of(IsTitle(name, row.At<string>(1)!)),
        "QualityParserFixture" => Quality(row, name),
        "LanguageParserFixture" => Of(name.Quality.Languages.Contains(row.At<string>(3) switch
        {
            "English" => "en",
            "French" => "fr",
            "Russian" => "ru",
            _ => "",
        })),
        _ => CorpusVerdict.NotStated,
    };

    private static bool IsNothing(ReleaseName name) =>
        name is { Season: null, Episodes: [], Absolute: [], AirDate: null };

    private static CorpusVerdict Of(bool right) => right ? CorpusVerdict.Right : CorpusVerdict.Wrong;

    private static CorpusVerdict Numbers(bool right, CorpusRow row, ReleaseName name)
    {
        if (!right) return CorpusVerdict.Wrong;
        return IsTitle(name, row.At<string>(1)!) ? CorpusVerdict.Right : CorpusVerdict.NumbersOnly;
    }

    private static CorpusVerdict Absolute(CorpusRow row, ReleaseName name)
    {
        switch (row.Values)
        {
            // A folder and the file in it.
            case [string folder, string file, string title, int number]:
                name = NameParser.Parse(file, [folder]);
                return Numbers(Counted(name).SequenceEqual([number]), row with { Values = [folder, title] }, name);
            case [_, _, decimal half]:
                return Numbers(name.Absolute.SequenceEqual([half]), row, name);
            case [_, _, decimal half, int season, int episode]:
                return Numbers(name.Absolute.SequenceEqual([half]) && IsEpisode(name, season, episode), row, name);
            // A special, its number 0 where it has none, or a pack and its season.
            case [_, _, int number] when name.Kind == ReleaseKind.Season:
                return Numbers(name.Season == number, row, name);
            case [_, _, int number]:
                int[] expected = number == 0 ? [] : [number];
                return Numbers(name.Special != SpecialKind.None && Counted(name).SequenceEqual(expected), row, name);
            case [_, _, int first, int last]:
                var range = Enumerable.Range(first, last - first + 1);
                var absolute = name.Absolute.Select(n => (int)n);
                return Numbers(absolute.SequenceEqual(range) || name.Episodes.SequenceEqual(range), row, name);
            case [_, _, int number, int season, 0]:
                var isSeason = season == 0 || name.Season == season;
                return Numbers(Counted(name).SequenceEqual([number]) && isSeason, row, name);
            case [_, _, int number, int season, int episode]:
                return Numbers(
                    name.Absolute.SequenceEqual([number]) && IsEpisode(name, season, episode), row, name);
            default:
                return CorpusVerdict.NotStated;
        }
    }

    private static CorpusVerdict Daily(CorpusRow row, ReleaseName name) => row.Values.Count < 5
        ? CorpusVerdict.NotStated
        : Numbers(
            name.AirDate == new DateOnly(row.At<int>(2), row.At<int>(3), row.At<int>(4))
            && (name.Part ?? 0) == row.At<int>(5), row, name);

    private static CorpusVerdict Paths(CorpusRow row)
    {
        var path = row.Name.Split('/', '\\');
        var name = NameParser.Parse(path[^1], path[..^1]);
        return row.Values is [_, int season, int episode]
            ? Of(IsEpisode(name, season, episode))
            : Numbers(
                name.Season == row.At<int>(2) && name.Episodes.SequenceEqual(row.At<int[]>(3)!), row, name);
    }

    // Title, then perhaps a group, then a number, a season or a list of numbers, or a season and its list.
    private static CorpusVerdict Unicode(CorpusRow row, ReleaseName name)
    {
        if (row.At<string>(2) is { } group && name.Group != group) return CorpusVerdict.Wrong;
        var right = row.Values[^1] switch
        {
            int[] numbers => Counted(name).SequenceEqual(numbers),
            int number => Counted(name).SequenceEqual([number])
                || (name.Kind == ReleaseKind.Season && name.Season == number),
            _ => false,
        };
        return Numbers(right, row, name);
    }

    private static CorpusVerdict Titles(CorpusRow row, ReleaseName name) => row.Values switch
    {
        [_, string title, string other] => Of(
            new[] { name.Title }.Concat(name.OtherTitles).Order().SequenceEqual(new[] { title, other }.Order())),
        [_, string title, int year] => Of(IsTitle(name, title) && name.Year == year),
        [_, string title] => Of(IsTitle(name, title)),
        _ => CorpusVerdict.NotStated,
    };

    private static CorpusVerdict Quality(CorpusRow row, ReleaseName name) => row.Values switch
    {
        [_, bool isMended] => Of((name.Quality.IsProper || name.Quality.IsRepack) == isMended),
        [_, bool isRepack, int version] => Of(name.Quality.IsRepack == isRepack && name.Version == version),
        [_, int version] => Of(name.Version == version),
        _ => CorpusVerdict.NotStated,
    };

    private static int Season(ReleaseName name) => name.Season ?? 1;

    private static bool IsEpisode(ReleaseName name, int season, int episode) =>
        Season(name) == season && (name.Season is null
            ? name.Absolute.SequenceEqual([episode])
            : name.Episodes.SequenceEqual([episode]));

    private static int[] Counted(ReleaseName name) =>
        name.Episodes.Count > 0 ? [.. name.Episodes] : [.. name.Absolute.Select(n => (int)n)];

    private static bool IsTitle(ReleaseName name, string expected)
    {
        var wanted = Letters(expected);
        var titles = new List<string> { name.Title, string.Join(' ', [name.Title, .. name.OtherTitles]) };
        if (name.Year is { } year) titles.AddRange([.. titles.Select(title => $"{title} {year}")]);
        if (name.Season is { } season)
        {
            string[] spellings = [$"S{season}", $"S{season:00}", $"{season}nd Season"];
            titles.AddRange([.. titles.SelectMany(title => spellings.Select(spelling => $"{title} {spelling}"))]);
        }

        return titles.Any(title => Letters(title) == wanted || Short(title) == wanted);
    }

    private static string Letters(string title)
    {
        var letters = new StringBuilder();
        foreach (var rune in title.EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune)) letters.Append(Rune.ToLowerInvariant(rune));
        return letters.ToString();
    }

    // The corpus's key for looking titles up leaves small words out.
    private static string Short(string title) => Letters(string.Join(
        ' ', title.Split(' ').Where(word => !SmallWords.Contains(word.ToLowerInvariant()))));
}
