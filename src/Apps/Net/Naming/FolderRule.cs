using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>What the folders around a file add: title, season, or all, where its own name means nothing.</summary>
internal static class FolderRule
{
    // As media servers name them.
    private static readonly FrozenSet<string> Extras = new[]
    {
        "extras", "featurettes", "trailers", "interviews", "deleted scenes", "behind the scenes", "bonus", "menus",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The folders' own readings, nearest first, and the season they agree on.</summary>
    internal readonly record struct Around(IReadOnlyList<ReleaseName> Folders, int? Season)
    {
        public ReleaseName? Nearest => Folders.Count > 0 ? Folders[0] : null;
    }

    public static Around Read(IReadOnlyList<string> folders)
    {
        var read = new List<ReleaseName>();
        for (var at = folders.Count - 1; at >= 0; at--) read.Add(Read(folders[at]));
        var season = read is [var nearest, ..] && nearest.Season == nearest.LastSeason ? nearest.Season : null;
        return new Around(read, season);
    }

    public static ReleaseName Fill(ReleaseName name, Around around)
    {
        if (around.Nearest is not { } nearest) return name;
        // A release's own folder names it in full; the file in it may be called anything.
        if (!name.IsExplicit && (nearest.IsExplicit && nearest.Episodes.Count == 1
            || (nearest.AirDate is not null && name is { Absolute: [], AirDate: null, Episodes: [] })))
            name = name with
            {
                Title = nearest.Title,
                OtherTitles = nearest.OtherTitles,
                Season = nearest.Season,
                LastSeason = nearest.LastSeason,
                Episodes = nearest.Episodes,
                Absolute = nearest.Absolute,
                AirDate = nearest.AirDate,
                Special = name.Special == SpecialKind.None ? nearest.Special : name.Special,
                IsExplicit = nearest.IsExplicit,
            };
        else if (name is { Season: null, AirDate: null } && around.Season is { } season)
            name = WithSeason(name, season);
        if (nearest.Special == SpecialKind.Extra && name.Special == SpecialKind.None)
            name = name with { Special = SpecialKind.Extra };
        var titled = around.Folders.FirstOrDefault(folder => folder.Title.Length > 0);
        if (titled is null) return name;
        if (name.Title.Length == 0)
            name = name with { Title = titled.Title, OtherTitles = titled.OtherTitles };
        return name with
        {
            Year = name.Year ?? (SameTitle(name, titled) ? titled.Year : null),
            Group = name.Group.Length > 0 ? name.Group : nearest.Group,
            Quality = IsSilent(name.Quality)
                ? nearest.Quality with { Container = name.Quality.Container }
                : name.Quality,
        };
    }

    private static bool IsSilent(ReleaseQuality quality) =>
        quality is { Lines: null, Source: SourceKind.Unknown, Video: null, Languages: [] };

    private static bool SameTitle(ReleaseName one, ReleaseName other) =>
        string.Equals(one.Title, other.Title, StringComparison.OrdinalIgnoreCase);

    private static ReleaseName WithSeason(ReleaseName name, int season)
    {
        var whole = name.Absolute.Count > 0
            && name.Absolute.All(number => number == decimal.Truncate(number) && number < 100);
        return name with
        {
            Season = season,
            LastSeason = season,
            Episodes = whole ? [.. name.Absolute.Select(number => (int)number)] : name.Episodes,
            Absolute = whole ? [] : name.Absolute,
            Special = season == 0 && name.Special == SpecialKind.None ? SpecialKind.Special : name.Special,
        };
    }

    private static ReleaseName Read(string folder)
    {
        var name = NameParser.ParseFolder(folder);
        var word = folder.Trim().ToLowerInvariant();
        if (word == "specials") return name with { Title = "", Season = 0, LastSeason = 0 };
        return Extras.Contains(word) ? name with { Title = "", Special = SpecialKind.Extra } : name;
    }
}
