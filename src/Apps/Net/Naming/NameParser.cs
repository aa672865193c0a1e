namespace Anarchive.Net;

/// <summary>
/// Reads release names: a tokenizer and ordered rules, each of which claims what it understands. Pure, and linear in
/// the length of the name but for short look-aheads; any text is accepted.
/// </summary>
/// <remarks>
/// Sure things come first: addresses and checksums, quality words, season and episode together, dates. What is left is
/// read with less and less certainty, and the title is the rest before the first thing understood. No expression
/// matches a whole name, so nothing can backtrack.
/// </remarks>
public static class NameParser
{
    /// <summary>Folders above the file that are looked at.</summary>
    private const int FoldersMax = 3;

    /// <summary>Enough of a long name's end for its extension.</summary>
    private const int TailChars = 16;

    // The order is the grammar.
    private static readonly Action<NameReading>[] Rules =
    [
        SiteRule.Apply,
        ChecksumRule.Apply,
        QualityRule.Apply,
        SeasonEpisodeRule.Apply,
        AirDateRule.Apply,
        LeadingGroupRule.Apply,
        SeasonRule.Apply,
        SpecialRule.Apply,
        WordedEpisodeRule.Apply,
        CompanionRule.Apply,
        AbsoluteRule.Apply,
        PartRule.Apply,
        SpecialRule.Conclude,
        VersionRule.Apply,
        YearRule.Apply,
        GroupRule.Apply,
        TitleRule.Apply,
    ];

    /// <summary>What the name alone says.</summary>
    public static ReleaseName Parse(string fileName) => Parse(fileName, []);

    /// <summary>What the name says, and where it is silent its folders.</summary>
    /// <param name="fileName">Without its folders; the first <see cref="NameText.CharsMax"/> units are read.</param>
    /// <param name="folders">Names of the folders around the file, outermost first; the last three are read.</param>
    public static ReleaseName Parse(string fileName, IReadOnlyList<string> folders)
    {
        var around = FolderRule.Read([.. folders.TakeLast(FoldersMax)]);
        return FolderRule.Fill(ToName(Read(fileName, isFile: true, around.Season)), around);
    }

    internal static ReleaseName ParseFolder(string name) => ToName(Read(name, isFile: false, null));

    private static NameReading Read(string name, bool isFile, int? folderSeason)
    {
        var (container, isSubtitle) = ((Container?)null, false);
        var text = NameText.Clean(name, out var isCut);
        // A name that was cut has lost its extension.
        if (isFile && isCut) FileExtension.Cut(NameText.Clean(name[^TailChars..]), out container, out isSubtitle);
        else if (isFile) text = FileExtension.Cut(text, out container, out isSubtitle).TrimEnd();
        var languages = new List<string>();
        if (isSubtitle) text = SubtitleRule.Apply(text, languages);
        var reading = new NameReading(text) { FolderSeason = folderSeason };
        reading.Quality.Container = container;
        reading.Quality.Languages.AddRange(languages);
        if (HashedName.Is(text)) return reading;
        foreach (var rule in Rules) rule(reading);
        return reading;
    }

    private static ReleaseName ToName(NameReading reading) => new()
    {
        Title = reading.Title,
        OtherTitles = [.. reading.OtherTitles],
        Year = reading.Year,
        Season = reading.Season,
        LastSeason = reading.LastSeason ?? reading.Season,
        Episodes = [.. reading.Episodes],
        Absolute = [.. reading.Absolute],
        Special = reading.Special,
        Part = reading.Part,
        AirDate = reading.AirDate,
        Group = reading.Group,
        Version = reading.Version,
        Checksum = reading.Checksum,
        Quality = reading.Quality.ToQuality(),
        IsExplicit = reading.IsExplicit,
    };
}
