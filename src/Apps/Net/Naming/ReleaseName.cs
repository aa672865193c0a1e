using System.Globalization;

namespace Anarchive.Net;

/// <summary>What a release is, as far as its name says.</summary>
public enum ReleaseKind
{
    /// <summary>The name says neither a number nor a year.</summary>
    Unknown,

    /// <summary>One episode: of a season, counted from the start, or of a day.</summary>
    Episode,

    /// <summary>Several episodes.</summary>
    Multi,

    /// <summary>One or more whole seasons.</summary>
    Season,

    /// <summary>A year and no number.</summary>
    Movie,

    /// <summary>What goes with a work and is no episode: creditless openings, trailers, samples.</summary>
    Extra,
}

/// <summary>What a release is besides an ordinary episode.</summary>
public enum SpecialKind
{
    None,

    /// <summary>Season 0, an episode 00, a half number such as 12.5, or the word.</summary>
    Special,

    /// <summary>Made for sale and not for broadcast: OVA, OAD, OVD.</summary>
    Ova,

    /// <summary>NCOP: the opening without credits.</summary>
    CreditlessOpening,

    /// <summary>NCED: the ending without credits.</summary>
    CreditlessEnding,

    /// <summary>Trailers, interviews, deleted scenes, menus.</summary>
    Extra,

    /// <summary>A short piece of the release itself.</summary>
    Sample,
}

/// <summary>What a file name says about a release. For the node's own use: titles never leave it.</summary>
/// <remarks>
/// Everything may be missing. Known to be read wrongly, for the name alone does not tell:
/// <list type="bullet">
/// <item>a film whose title ends in a number and whose year is absent ("Apollo 13 1080p") is taken for an episode, and
/// "Part 2" at the end of a film's title likewise;</item>
/// <item>three or four bare digits mean season and episode ("Show.103"), unless a fansub group or subtitle word stands
/// in the name; then they count from the start;</item>
/// <item>a date with two numbers up to 12 before or after its year, but for year-month-day, is no date: which is the
/// month differs by country;</item>
/// <item>a number after a season and a dash ("S2 - 07") is read within the season up to 99, from the start above;
/// some groups count on across seasons;</item>
/// <item>numbers of OVAs and specials are the group's own; catalogues order season 0 otherwise;</item>
/// <item>numerals in letters ("Season Two", "III") and in scripts other than ASCII and full-width are title;</item>
/// <item>of two titles in scripts other than Latin the last is taken; of several in Latin the first;</item>
/// <item>text after a leading date is taken for the title, though it may be the episode's;</item>
/// <item>a word at the end of a bracket of quality words is taken for the group, and so is one alone in a square
/// bracket at the end;</item>
/// <item>a title of initials between dots ("S.W.A.T.") loses them.</item>
/// </list>
/// </remarks>
public sealed record ReleaseName
{
    /// <summary>The work's title, separators made blanks; empty where the name has none.</summary>
    public required string Title { get; init; }

    /// <summary>Further titles in the name: other scripts, other languages.</summary>
    public required IReadOnlyList<string> OtherTitles { get; init; }

    /// <summary>1900 to 2099: the year that tells works of one title apart, or of the release.</summary>
    public int? Year { get; init; }

    /// <summary>0 to 9999; 0 holds the specials. Null where the name says none.</summary>
    public int? Season { get; init; }

    /// <summary>The last season of a pack of several; else <see cref="Season"/>.</summary>
    public int? LastSeason { get; init; }

    /// <summary>Ascending, 0 to 99999, counted within <see cref="Season"/>; empty where that is null.</summary>
    public required IReadOnlyList<int> Episodes { get; init; }

    /// <summary>
    /// Ascending, counted from the start of the work: fansubs, mini-series, numbers without a season. A half is what
    /// was put between two episodes.
    /// </summary>
    public required IReadOnlyList<decimal> Absolute { get; init; }

    public SpecialKind Special { get; init; }

    /// <summary>1 to 99: which part of the episode, the day or the season.</summary>
    public int? Part { get; init; }

    /// <summary>The day of a daily programme.</summary>
    public DateOnly? AirDate { get; init; }

    /// <summary>Who made the release; empty where the name does not say.</summary>
    public required string Group { get; init; }

    /// <summary>1 for a first release; v2, proper and repack are 2, a second repack 3.</summary>
    public int Version { get; init; } = 1;

    /// <summary>CRC-32 of the file as eight upper-case hexadecimal digits, or empty.</summary>
    public required string Checksum { get; init; }

    public required ReleaseQuality Quality { get; init; }

    /// <summary>Season and episode stand together in the name.</summary>
    internal bool IsExplicit { get; init; }

    public ReleaseKind Kind => this switch
    {
        {
            Special: SpecialKind.CreditlessOpening or SpecialKind.CreditlessEnding or SpecialKind.Extra
                or SpecialKind.Sample
        } => ReleaseKind.Extra,
        { Episodes.Count: > 1 } or { Absolute.Count: > 1 } => ReleaseKind.Multi,
        { Episodes.Count: 1 } or { Absolute.Count: 1 } or { AirDate: not null } => ReleaseKind.Episode,
        { Special: not SpecialKind.None } => ReleaseKind.Episode,
        { Season: not null } => ReleaseKind.Season,
        { Year: not null } => ReleaseKind.Movie,
        _ => ReleaseKind.Unknown,
    };

    /// <summary>The numbers alone: text that lands in a log names no work.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind} s{Season} e{string.Join(',', Episodes)} a{string.Join(',', Absolute)} {AirDate:yyyy-MM-dd}");
}
