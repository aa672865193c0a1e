namespace Anarchive.Net;

/// <summary>What its owner says that a file is. It goes before its name, and before what fleets agree on.</summary>
/// <param name="Kind">Film, episode or extra; null where title, year and work alone are said.</param>
/// <param name="Last">The last of several episodes; else <paramref name="Number"/>.</param>
/// <param name="Work">The catalogue's key of the film or show; null where nobody said.</param>
public sealed record ShelfWord(
    ShelfKind? Kind, string Title, int? Year, int Season, int Number, int Last, string? Work)
{
    private const int TitleCharsMax = 200;
    private const int YearMin = 1870;
    private const int YearMax = 2999;
    private const int EpisodesMax = 50;

    /// <summary>The member that breaks a rule; null where none does.</summary>
    public string? Fault()
    {
        if (Title.Length is 0 or > TitleCharsMax || Title.Trim() != Title || Title.Any(IsBarred)
            || TitleKey.Of(Title).Length == 0) return "title";
        if (Year is < YearMin or > YearMax) return "year";
        if (Work is not null && !(WorkId.TryParse(Work, out var work) && work is { Season: null })) return "catalogue";
        if (Kind is null) return null;
        if (Kind is not (ShelfKind.Film or ShelfKind.Episode or ShelfKind.Extra)) return "kind";
        if (Season is < 0 or > WorkId.SeasonMax) return "season";
        return Number < 0 || Last > WorkId.EpisodeMax || Last < Number || Last - Number >= EpisodesMax
            ? "episode"
            : null;
    }

    /// <summary>The place of a file of which that was said.</summary>
    /// <param name="read">By everything else that is known of it.</param>
    public ShelfPlace Apply(ShelfPlace read) => Kind switch
    {
        null => read with
        {
            Kind = read.Kind == ShelfKind.Nameless ? ShelfKind.Loose : read.Kind,
            Title = Title,
            Year = Year,
            Work = Work,
        },
        ShelfKind.Episode => new ShelfPlace(
            ShelfKind.Episode, Title, Work, Year, Season, Number, Last, read.Part, null),
        ShelfKind.Extra => new ShelfPlace(ShelfKind.Extra, Title, Work, Year, Season, 0, 0, read.Part, null),
        { } other => new ShelfPlace(other, Title, Work, Year, 0, 0, 0, read.Part, null),
    };

    /// <summary>
    /// A file's place as an observation; null where no catalogue's key stands for it, or it is none that others number
    /// alike.
    /// </summary>
    /// <param name="hour">Since 1970.</param>
    public static GroupingObserved? Observation(ShelfPlace place, string key, long hour)
    {
        if (!WorkId.TryParse(place.Work, out var work) || work is null) return null;
        if (place.EpisodesIn(work) is not { Count: > 0 } episodes) return null;
        GroupingKind? kind = place.Kind switch
        {
            ShelfKind.Film => GroupingKind.Movie,
            ShelfKind.Extra => GroupingKind.Extra,
            ShelfKind.Episode when place.Last > place.Number => GroupingKind.Multi,
            ShelfKind.Episode => GroupingKind.Episode,
            _ => null,
        };
        return kind is not { } known ? null : new GroupingObserved(
            GroupingObserved.PartName, NetRules.Version, [key], Method.Manual, ObservationDrafts.Tool, 100, hour,
            [place.Work!], known, place.Season, episodes, null, place.Part);
    }

    /// <summary>Nothing that breaks a line or turns the direction of what stands beside it.</summary>
    private static bool IsBarred(char c) =>
        char.IsControl(c)
        || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
