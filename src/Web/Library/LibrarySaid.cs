using System.Globalization;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Sentences and words about what can be watched.</summary>
internal static class LibrarySaid
{
    /// <summary>Seasons that are years belong to daily programmes.</summary>
    private const int YearMin = 1900;

    public static string Films(long n) => n == 1 ? "1 film" : $"{Text.Number(n)} films";

    public static string Shows(long n) => n == 1 ? "1 show" : $"{Text.Number(n)} shows";

    public static string Episodes(long n) => n == 1 ? "1 episode" : $"{Text.Number(n)} episodes";

    public static string Seasons(long n) => n == 1 ? "1 season" : $"{Text.Number(n)} seasons";

    public static string Files(long n) => n == 1 ? "1 file" : $"{Text.Number(n)} files";

    public static string Works(long n) => n == 1 ? "1 work" : $"{Text.Number(n)} works";

    public static string Verdict(LibraryStanding all) => all switch
    {
        { Works: 0 } => "Nothing to watch yet.",
        { Works: 1, Here: 1 } => "The one work there is can be played here.",
        _ when all.Here == all.Works => $"All {Text.Number(all.Works)} works can be played here.",
        { Here: 0 } => $"{Works(all.Works)}, and none can be played here now.",
        _ => $"{Text.Number(all.Here)} of {Works(all.Works)} can be played here.",
    };

    /// <summary>What a line of a list says under its title.</summary>
    public static string Kind(LibraryWork work) => work switch
    {
        { Kind: ShelfKind.Episode, Seasons.Count: > 1 } => $"{Seasons(work.Seasons.Count)}, {Episodes(work.Episodes)}",
        { Kind: ShelfKind.Episode } => $"{Season(work.Seasons[0])}, {Episodes(work.Episodes)}",
        { Kind: ShelfKind.Film, Files.Count: > 1 } => $"Film, {Files(work.Files.Count)}",
        { Kind: ShelfKind.Film } => "Film",
        { Kind: ShelfKind.Nameless } => "Known by its id alone",
        _ => "Ungrouped",
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
        0 => "Specials",
        >= YearMin => season.ToString(CultureInfo.InvariantCulture),
        _ => $"Season {season}",
    };

    /// <summary>Which episode it is; null for what is none.</summary>
    public static string? Episode(ShelfPlace? place)
    {
        if (place is not { Kind: ShelfKind.Episode }) return place?.Kind == ShelfKind.Extra ? "Extra" : null;
        if (place.Day is { } day) return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var number = place.Number.ToString("00.#", CultureInfo.InvariantCulture);
        var numbers = place.Last > place.Number
            ? $"{number}–{place.Last.ToString("00.#", CultureInfo.InvariantCulture)}"
            : number;
        var part = place.Part is { } n ? $", part {n}" : "";
        return place.Season == 0
            ? $"Special {numbers}{part}"
            : string.Create(CultureInfo.InvariantCulture, $"S{place.Season:00} E{numbers}{part}");
    }

    /// <summary>Where a work can be played, from how much of it is here.</summary>
    public static string Here(LibraryLine line) => (line.Here, line.Work.Files.Count) switch
    {
        (0, _) when line.Work.Files.All(f => f.File.Places.Count == 0) => "on your other devices",
        (0, _) => "its volume is not there",
        (1, 1) => "here",
        var (here, all) when here == all => "all here",
        var (here, all) => $"{Text.Number(here)} of {Text.Number(all)} here",
    };

    public static string Marker(MarkerType type) => type switch
    {
        MarkerType.Intro => "intro",
        MarkerType.Recap => "recap",
        MarkerType.Outro => "credits",
        MarkerType.Preview => "preview",
        _ => "commercial",
    };

    /// <summary>Whose word it is, counted and never named.</summary>
    public static string From(MarkerSources sources) => sources switch
    {
        { IsOwn: true, Friends: 0 } => "from you",
        { IsOwn: true, Friends: 1 } => "from you and 1 friend",
        { IsOwn: true } => $"from you and {Text.Number(sources.Friends)} friends",
        { Friends: 1 } => "from 1 friend",
        { Friends: > 1 } => $"from {Text.Number(sources.Friends)} friends",
        _ => "heard in your file",
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

    public static string Left(ViewingPlace place) => $"{Clock(place.DurationMs - place.PositionMs)} left";

    /// <summary>Where a work's line leads: to the film itself, or to its files.</summary>
    public static string Link(LibraryWork work) =>
        work.Files.Count == 1 && !work.Shelf.IsShow ? $"/watch/{work.Files[0].File.Item}" : $"/library/{work.Id}";

    /// <summary>As it is called; a nameless one by the beginning of its id.</summary>
    public static string Title(LibraryWork work) =>
        work.Title.Length > 0 ? work.Title : FleetSaid.Short(work.Files[0].File.Item);
}
