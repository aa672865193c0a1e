using System.Globalization;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Sentences and words about what can be watched.</summary>
internal static class LibrarySaid
{
    /// <summary>Seasons that are years belong to daily programmes.</summary>
    private const int YearMin = 1900;

    public static string Films(long n) => N(n, "1 film", $"{Text.Number(n)} films");

    public static string Shows(long n) => N(n, "1 show", $"{Text.Number(n)} shows");

    public static string Episodes(long n) => N(n, "1 episode", $"{Text.Number(n)} episodes");

    public static string Seasons(long n) => N(n, "1 season", $"{Text.Number(n)} seasons");

    public static string Files(long n) => N(n, "1 file", $"{Text.Number(n)} files");

    public static string Works(long n) => N(n, "1 work", $"{Text.Number(n)} works");

    public static string Verdict(LibraryStanding all) => all switch
    {
        { Works: 0 } => T("Nothing to watch yet."),
        { Works: 1, Here: 1 } => T("The one work there is can be played here."),
        _ when all.Here == all.Works => T($"All {Text.Number(all.Works)} works can be played here."),
        { Here: 0 } => T($"{Works(all.Works)}, and none can be played here now."),
        _ => N(
            all.Here, $"{Text.Number(all.Here)} of {Text.Number(all.Works)} works can be played here.",
            $"{Text.Number(all.Here)} of {Text.Number(all.Works)} works can be played here."),
    };

    /// <summary>What a line of a list says under its title.</summary>
    public static string Kind(LibraryWork work) => work switch
    {
        { Kind: ShelfKind.Episode, Seasons.Count: > 1 } => $"{Seasons(work.Seasons.Count)}, {Episodes(work.Episodes)}",
        { Kind: ShelfKind.Episode } => $"{Season(work.Seasons[0])}, {Episodes(work.Episodes)}",
        { Kind: ShelfKind.Film, Files.Count: > 1 } => T($"Film, {Files(work.Files.Count)}"),
        { Kind: ShelfKind.Film } => T("Film"),
        { Kind: ShelfKind.Nameless } => T("Known by its id alone"),
        _ => T("Ungrouped"),
    };

    /// <summary>A word of the API.</summary>
    public static string Word(ShelfKind kind) => kind switch
    {
        ShelfKind.Film => "film",
        ShelfKind.Episode => "show",
        ShelfKind.Nameless => "nameless",
        _ => "ungrouped",
    };

    public static string Season(int season) => season switch
    {
        0 => T("Specials"),
        >= YearMin => season.ToString(CultureInfo.InvariantCulture),
        _ => T($"Season {season}"),
    };

    /// <summary>Which episode it is; null for what is none.</summary>
    public static string? Episode(ShelfPlace? place) => Which(place) is { } which ? T(which) : null;

    /// <summary>The same, which programs are told in English.</summary>
    public static Sentence? Which(ShelfPlace? place)
    {
        if (place?.Kind == ShelfKind.Extra) return "Extra";
        if (place is not { Kind: ShelfKind.Episode }) return null;
        if (place.Day is { } day) return $"{day:yyyy-MM-dd}";
        var number = place.Number.ToString("00.#", CultureInfo.InvariantCulture);
        var numbers = place.Last > place.Number
            ? $"{number}–{place.Last.ToString("00.#", CultureInfo.InvariantCulture)}"
            : number;
        return (place.Season, place.Part) switch
        {
            (0, null) => (Sentence)$"Special {numbers}",
            (0, { } part) => $"Special {numbers}, part {part}",
            (var season, null) => $"S{season:00} E{numbers}",
            (var season, { } part) => $"S{season:00} E{numbers}, part {part}",
        };
    }

    /// <summary>Where a work can be played, from how much of it is here.</summary>
    public static string Here(LibraryLine line) => (line.Here, line.Work.Files.Count) switch
    {
        (0, _) when line.Work.Files.All(f => f.File.Places.Count == 0) => T("on your other devices"),
        (0, _) => T("its volume is not there"),
        (1, 1) => T("here"),
        var (here, all) when here == all => T("all here"),
        var (here, all) => T($"{Text.Number(here)} of {Text.Number(all)} here"),
    };

    public static string Marker(MarkerType type) => type switch
    {
        MarkerType.Intro => T("intro"),
        MarkerType.Recap => T("recap"),
        MarkerType.Outro => T("credits"),
        MarkerType.Preview => T("preview"),
        _ => T("commercial"),
    };

    /// <summary>Whose word it is, counted and never named.</summary>
    public static string From(MarkerSources sources) => sources switch
    {
        { IsOwn: true, Friends: 0 } => T("from you"),
        { IsOwn: true } => N(
            sources.Friends, "from you and 1 friend", $"from you and {Text.Number(sources.Friends)} friends"),
        { Friends: > 0 } => N(sources.Friends, "from 1 friend", $"from {Text.Number(sources.Friends)} friends"),
        _ => T("heard in your file"),
    };

    /// <summary>In a list: intro and credits at most, each with its source.</summary>
    public static string? Markers(IReadOnlyList<SkipOffer> offers)
    {
        var said = offers.Where(o => o.Type is MarkerType.Intro or MarkerType.Outro).DistinctBy(o => o.Type)
            .Select(o => $"{Marker(o.Type)} {From(o.Sources)}").ToList();
        return said.Count > 0 ? string.Join(", ", said) : null;
    }

    /// <summary>Hours, minutes and seconds as players show them.</summary>
    public static string Clock(long ms)
    {
        var seconds = ms / 1_000;
        return seconds >= 3_600
            ? string.Create(
                CultureInfo.InvariantCulture, $"{seconds / 3_600}:{seconds / 60 % 60:00}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}");
    }

    public static string Left(ViewingPlace place) => T($"{Clock(place.DurationMs - place.PositionMs)} left");

    /// <summary>Where a work's line leads: to the film itself, or to its files.</summary>
    public static string Link(LibraryWork work) =>
        work.Files.Count == 1 && !work.Shelf.IsShow ? $"/watch/{work.Files[0].File.Item}" : $"/library/{work.Id}";

    /// <summary>As it is called; a nameless one by the beginning of its id.</summary>
    public static string Title(LibraryWork work) =>
        work.Title.Length > 0 ? work.Title : FleetSaid.Short(work.Files[0].File.Item);
}
