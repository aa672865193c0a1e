using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Which works are listed.</summary>
public enum LibraryFilter
{
    All,

    /// <summary>Something of it lies on a volume of this device that is there.</summary>
    Here,

    /// <summary>Something of it has fewer copies than its policy asks for.</summary>
    Below,

    /// <summary>Neither a film nor an episode, as far as anybody can tell.</summary>
    Ungrouped,

    /// <summary>Other devices alone have it.</summary>
    Elsewhere,
}

/// <summary>A film or show in a list.</summary>
/// <param name="Here">Files that can be played on this device.</param>
/// <param name="Copies">That count, of the file that has fewest; null in no fleet.</param>
/// <param name="Watched">Files that were watched.</param>
/// <param name="First">Whose picture stands for it, and what is played where it is one file.</param>
/// <param name="Place">How far somebody came in a film; null for shows, and where nobody began.</param>
public sealed record LibraryLine(
    LibraryWork Work, int Here, int? Copies, int Watched, LibraryFile First, Viewing? Place);

/// <summary>Some of the library, and how it is as a whole.</summary>
/// <param name="Total">Works that the search and the filter leave.</param>
public sealed record LibraryPage(
    LibraryStanding Standing, IReadOnlyList<LibraryLine> Lines, int From, int Total);

/// <summary>The library as a whole.</summary>
/// <param name="AbsentVolumes">Names of volumes that are not there: what is on them cannot be played now.</param>
/// <param name="Unread">Files that are being read for the first time.</param>
public sealed record LibraryStanding(
    int Films, int Shows, int Ungrouped, int Elsewhere, int Here, int Below, IReadOnlyList<string> AbsentVolumes,
    long Unread)
{
    public int Works => Films + Shows + Ungrouped + Elsewhere;
}

/// <summary>A file of a work.</summary>
/// <param name="IsHere">It can be played on this device.</param>
/// <param name="Markers">What is known of its intro and the like; empty where nothing is.</param>
public sealed record LibraryFileLine(
    LibraryFile File, ShelfPlace Place, bool IsHere, Viewing? Viewing, IReadOnlyList<SkipOffer> Markers);

/// <summary>A work, or a season of a show.</summary>
/// <param name="Season">Null for films and what is no show, and for what goes with a show and is no episode.</param>
public sealed record LibraryWorkPage(
    LibraryLine Line, int? Season, IReadOnlyList<LibraryFileLine> Files, int From, int Total);

/// <summary>Something to go on with.</summary>
/// <param name="Place">Null for an episode that comes next.</param>
/// <param name="On">The name of the other device where it, or the episode before, was watched; null for this one.
/// </param>
public sealed record LibraryNext(
    LibraryWork Work, LibraryFile File, ShelfPlace Shelf, ViewingPlace? Place, long AtMs, string? On);
