namespace Anarchive.Web;

/// <summary>Some of the library, by title.</summary>
/// <param name="Total">Works that the search and the filter leave.</param>
/// <param name="AbsentVolumes">Names of volumes that are not there.</param>
public sealed record LibraryDto(
    int Total, int From, int Films, int Shows, int Ungrouped, int Elsewhere, int Here, int Below,
    IReadOnlyList<string> AbsentVolumes, IReadOnlyList<LibraryWorkDto> Works);

/// <summary>A film, a show, or a file that is neither.</summary>
/// <param name="Kind"><c>film</c>, <c>show</c>, <c>ungrouped</c> or <c>nameless</c>.</param>
/// <param name="Title">Empty for a nameless one.</param>
/// <param name="Here">Files of it that can be played on this device.</param>
/// <param name="Copies">That count, of the file that has fewest; null in no fleet.</param>
/// <param name="Watched">Files that were watched.</param>
/// <param name="Item">Of a work that is one file.</param>
public sealed record LibraryWorkDto(
    string Work, string Kind, string Title, int? Year, IReadOnlyList<int> Seasons, int Episodes, int Files, int Here,
    int? Copies, bool Below, int Watched, string? Item);

/// <summary>A work, or one season of a show.</summary>
/// <param name="Choice">What becomes of its intros: <c>ask</c>, <c>skip</c> or <c>off</c>.</param>
public sealed record LibrarySeasonDto(
    LibraryWorkDto Work, int? Season, string Choice, int Total, int From, IReadOnlyList<LibraryFileDto> Files);

/// <summary>A file of a work. Times are milliseconds.</summary>
/// <param name="Episode">Such as <c>S02 E05</c>; null for what is none.</param>
/// <param name="PositionMs">How far somebody came; null where nobody began.</param>
/// <param name="WatchedOn">The name of the other device that said so; null for this one.</param>
public sealed record LibraryFileDto(
    string Item, string Name, string? Episode, long? SizeBytes, bool Here, int? Copies, int? Floor, long? PositionMs,
    long? DurationMs, bool Watched, string? WatchedOn, IReadOnlyList<SkipOfferDto> Markers);

/// <summary>Something to go on with. Times are milliseconds.</summary>
/// <param name="PositionMs">How far somebody came; null for an episode that comes next.</param>
/// <param name="AtMs">When that was last heard.</param>
/// <param name="WatchedOn">The name of the other device where it, or the one before, was watched; null for this one.
/// </param>
public sealed record LibraryNextDto(
    string Work, string Title, string Item, string? Episode, long? PositionMs, long? DurationMs, long AtMs,
    string? WatchedOn);

/// <summary>Something that a player may offer to skip.</summary>
/// <param name="Certain">It may be skipped without a question.</param>
/// <param name="Friends">How many friends say so; they are never named.</param>
public sealed record SkipOfferDto(
    string Type, int N, long StartMs, long EndMs, bool Certain, bool Own, int Friends, bool Heard);

/// <summary>How far somebody came.</summary>
public sealed record PositionRequest(long PositionMs, long DurationMs);

/// <summary>What is to become of a work's intros.</summary>
public sealed record SkipChoiceRequest(string Choice);
