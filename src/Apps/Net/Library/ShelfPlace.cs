namespace Anarchive.Net;

/// <summary>What a file is to somebody who looks for something to watch.</summary>
public enum ShelfKind
{
    Film,

    Episode,

    /// <summary>Trailers, interviews and the like: it goes with a film or show.</summary>
    Extra,

    /// <summary>Its name says neither an episode nor a year.</summary>
    Loose,

    /// <summary>Nobody here knows what it is called.</summary>
    Nameless,
}

/// <summary>Where a file stands among others, by what is agreed on it and by its name.</summary>
/// <param name="Title">Of the film or show; for a loose file its name; empty for a nameless one.</param>
/// <param name="Work">The catalogue's key of the film or show; null where nobody said.</param>
/// <param name="Season">0 holds the specials; of a daily programme the year.</param>
/// <param name="Number">The episode, or the first of several; a half stands between two.</param>
/// <param name="Last">The last of several; else <paramref name="Number"/>.</param>
/// <param name="Part">1 to 99; null for a whole one.</param>
/// <param name="Day">Of a daily programme.</param>
public sealed record ShelfPlace(
    ShelfKind Kind, string Title, string? Work, int? Year, int Season, decimal Number, decimal Last, int? Part,
    DateOnly? Day)
{
    /// <summary>Its name counts from the start of the show, which most catalogues do not.</summary>
    public bool IsAbsolute { get; init; }

    /// <summary>Its name says otherwise what season and number stand for: a day, a half, or from the start.</summary>
    public bool IsReadOtherwise => Day is not null || IsAbsolute
        || Number != decimal.Truncate(Number) || Last != decimal.Truncate(Last);

    public static ShelfPlace Nameless { get; } = new(ShelfKind.Nameless, "", null, null, 0, 0, 0, null, null);

    /// <summary>
    /// The numbers of its episodes as that catalogue gives them; none where it may give others. MyAnimeList's and
    /// AniDB's entries are one season each, so there a number counted from the start is the episode's.
    /// </summary>
    public IReadOnlyList<int> EpisodesIn(WorkId work)
    {
        if (Day is not null || (IsAbsolute && work.Catalogue is not ("mal" or "anidb"))) return [];
        if (Number != decimal.Truncate(Number) || Last != decimal.Truncate(Last) || Last < Number
            || Last - Number >= NetRules.EpisodesMax) return [];
        return [.. Enumerable.Range((int)Number, (int)(Last - Number) + 1)];
    }

    /// <param name="file">The file's name.</param>
    /// <param name="agreed">Which episode or film it is, where its owner or enough fleets said; it goes first.</param>
    public static ShelfPlace Of(ReleaseName name, string file, GroupingVote? agreed)
    {
        var title = name.Title.Length > 0 ? name.Title : Bare(file);
        if (agreed is { } said) return Agreed(name, title, said);
        return name switch
        {
            { Title.Length: 0 } => Loose(title, null),
            { Kind: ReleaseKind.Movie } => Film(title, null, name),
            { Kind: ReleaseKind.Extra } => new ShelfPlace(
                ShelfKind.Extra, title, null, name.Year, name.Season ?? 0, 0, 0, name.Part, null),
            { Kind: ReleaseKind.Episode or ReleaseKind.Multi } => Episode(title, name),
            _ => Loose(title, name.Year),
        };
    }

    private static ShelfPlace Agreed(ReleaseName name, string title, GroupingVote said) => said.Kind switch
    {
        GroupingKind.Movie => Film(title, said.Work, name) with { Part = said.FilePart },
        GroupingKind.Extra => new ShelfPlace(
            ShelfKind.Extra, title, said.Work, name.Year, said.Season, 0, 0, said.FilePart, null),
        _ => new ShelfPlace(
            ShelfKind.Episode, title, said.Work, name.Year, said.Season, said.Episodes.Min(), said.Episodes.Max(),
            said.FilePart, null),
    };

    private static ShelfPlace Film(string title, string? work, ReleaseName name) =>
        new(ShelfKind.Film, title, work, name.Year, 0, 0, 0, name.Part, null);

    private static ShelfPlace Loose(string title, int? year) =>
        new(ShelfKind.Loose, title, null, year, 0, 0, 0, null, null);

    private static ShelfPlace Episode(string title, ReleaseName name)
    {
        if (name.AirDate is { } day)
            return new ShelfPlace(
                ShelfKind.Episode, title, null, null, day.Year, day.DayOfYear, day.DayOfYear, name.Part, day);
        // Fansubs and mini-series count from the start: a season of its own, the first.
        decimal[] numbers = name.Episodes.Count > 0 ? [.. name.Episodes.Select(e => (decimal)e)] : [.. name.Absolute];
        return new ShelfPlace(
            ShelfKind.Episode, title, null, name.Year, name.Season ?? 1, numbers.FirstOrDefault(),
            numbers.LastOrDefault(), name.Part, null)
        {
            IsAbsolute = name is not { Season: not null, Episodes.Count: > 0 },
        };
    }

    /// <summary>Without what follows its last dot, where that can be an extension.</summary>
    private static string Bare(string file)
    {
        var dot = file.LastIndexOf('.');
        var bare = NameText.Clean(dot > 0 && file.Length - dot <= 6 ? file[..dot] : file);
        return bare.Length > 0 ? bare : "?";
    }
}
