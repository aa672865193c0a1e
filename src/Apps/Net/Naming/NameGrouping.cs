namespace Anarchive.Net;

/// <summary>Which episode or film a file is, as far as its name says.</summary>
/// <param name="Season">0 for films, extras and specials.</param>
/// <param name="Episodes">One for an episode; 0 for films and for extras without a number.</param>
/// <param name="Absolute">The episode counted over all seasons; null where the name does not say.</param>
/// <param name="FilePart">1 to 99; null for a whole one.</param>
public sealed record GroupingFacts(
    GroupingKind Kind, int Season, IReadOnlyList<int> Episodes, int? Absolute, int? FilePart);

/// <summary>Turns what a name says into what an observation can say.</summary>
/// <remarks>
/// No number is guessed: where a name counts from the start of a series that a catalogue counts by seasons, it says
/// nothing. MyAnimeList's and AniDB's entries are one season each, so there such numbers are the episode's.
/// </remarks>
public static class NameGrouping
{
    /// <summary>
    /// What follows; null, and the member that cannot be told as JSON spells it, where an observation would not hold.
    /// </summary>
    /// <param name="works">What the owner says the file belongs to; none where nobody said.</param>
    public static GroupingFacts? Read(ReleaseName name, IReadOnlyList<WorkId> works, out string? fault)
    {
        fault = null;
        var isFilm = works.Count > 0 && works.All(IsFilm);
        if (works.Any(IsFilm) && !isFilm) return Refuse("work", out fault);
        var facts = name.Kind switch
        {
            ReleaseKind.Extra => Extra(name),
            // A film's name may end in a number; the owner knows.
            _ when isFilm => new GroupingFacts(GroupingKind.Movie, 0, [0], null, name.Part),
            ReleaseKind.Movie => new GroupingFacts(GroupingKind.Movie, 0, [0], null, name.Part),
            ReleaseKind.Episode or ReleaseKind.Multi => Episode(name, works, out fault),
            _ => Refuse("kind", out fault),
        };
        if (facts is null) return null;
        if (facts.Season > WorkId.SeasonMax) return Refuse("season", out fault);
        if (facts.Episodes.Count > NetRules.EpisodesMax || facts.Episodes.Any(e => e > WorkId.EpisodeMax))
            return Refuse("episodes", out fault);
        return facts.Absolute > WorkId.EpisodeMax ? Refuse("absolute", out fault) : facts;
    }

    /// <summary>
    /// Content keys of what a file is a copy of: what its owner says it belongs to, and the episodes that its name
    /// says. An extra is a copy of neither.
    /// </summary>
    public static IReadOnlyList<string> WorksOf(ReleaseName name, IReadOnlyList<WorkId> works)
    {
        var facts = Read(name, works, out _);
        if (facts?.Kind == GroupingKind.Extra) return [];
        var episodes = facts is { Kind: GroupingKind.Episode or GroupingKind.Multi } ? facts.Episodes : [];
        return
        [
            .. works.SelectMany(w => episodes.Select(e => w with { Season = SeasonIn(w, facts!.Season), Episode = e })
                    .Prepend(w.Whole))
                .Select(w => w.ToString()).Where(key => ContentKey.TryParse(key, out _)).Distinct(),
        ];
    }

    /// <summary>Entries of MyAnimeList and AniDB number within themselves.</summary>
    private static int SeasonIn(WorkId work, int season) =>
        work.Catalogue is "mal" or "anidb" ? Math.Min(season, 1) : season;

    private static GroupingFacts Extra(ReleaseName name) => new(
        GroupingKind.Extra, name.Season ?? 0, name.Episodes.Count > 0 ? name.Episodes : [0], null, name.Part);

    private static GroupingFacts? Episode(ReleaseName name, IReadOnlyList<WorkId> works, out string? fault)
    {
        fault = null;
        var counted = Whole(name.Absolute);
        if (name is { Season: { } season, Episodes.Count: > 0 })
            return Of(season, name.Episodes, counted is [var one] ? one : null, name.Part);
        // A day, or a half number between two episodes, is no episode's number.
        if (counted is not { Length: > 0 }) return Refuse("episodes", out fault);
        var isOfEntries = works.Count > 0 && works.All(w => w.Catalogue is "mal" or "anidb");
        return isOfEntries
            ? Of(name.Special == SpecialKind.None ? 1 : 0, counted, null, name.Part)
            : Refuse("season", out fault);
    }

    private static GroupingFacts Of(int season, IReadOnlyList<int> episodes, int? absolute, int? part) => new(
        episodes.Count > 1 ? GroupingKind.Multi : GroupingKind.Episode, season, episodes, absolute, part);

    private static int[]? Whole(IReadOnlyList<decimal> numbers) =>
        numbers.All(n => n == decimal.Truncate(n)) ? [.. numbers.Select(n => (int)n)] : null;

    private static bool IsFilm(WorkId work) => work.Id[0] == 'm';

    private static GroupingFacts? Refuse(string member, out string? fault)
    {
        fault = member;
        return null;
    }
}
