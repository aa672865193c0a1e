namespace Anarchive.Net;

/// <summary>A theme that somebody told of.</summary>
/// <param name="Fleets">Who told of these points; opaque, as in <see cref="MarkerVote.Fleet"/>.</param>
/// <param name="IsLocal">This node found it in files of its own.</param>
public sealed record KnownTheme(string Key, Theme Theme, IReadOnlySet<string> Fleets, bool IsLocal);

/// <summary>The sound of one local file of a season, as far as it was listened to.</summary>
/// <param name="Head">Where an intro can be; empty where nobody listened.</param>
/// <param name="Tail">Where an outro can be.</param>
public sealed record LocalSound(SoundWindow Head, SoundWindow Tail, long DurationMs)
{
    internal SoundWindow WindowFor(MarkerType type) => type == MarkerType.Intro ? Head : Tail;
}

/// <summary>What a season's local files say of a theme.</summary>
/// <param name="Fleets">Who told of it, or of another recording of the same.</param>
/// <param name="Heard">Local files that were listened to where it could be.</param>
/// <param name="Hits">Those that have it.</param>
/// <param name="Episodes">Different episodes among those: two versions of one are one.</param>
public sealed record ThemeStanding(
    KnownTheme Known, IReadOnlySet<string> Fleets, int Heard, int Hits, int Episodes)
{
    private const int FleetsMin = 2;
    private const int EpisodesMin = 2;
    private const int DroppedBelowPercent = 20;

    /// <summary>Too few of the season's files have it: it is another season's, or nobody's.</summary>
    public bool IsDropped => Heard > 0 && 100 * Hits < DroppedBelowPercent * Heard;

    /// <summary>Whether it may verify a marker.</summary>
    public bool IsUsable => !IsDropped && (Known.IsLocal || Fleets.Count >= FleetsMin || Hits > 0);

    /// <summary>Whether this node's own files bear it out, so that it may verify whoever told of it.</summary>
    public bool StandsAlone => Known.IsLocal || Episodes >= EpisodesMin;

    /// <summary>
    /// Whether what it finds may be this node's own word. One fleet's theme found in one episode is that fleet's: it
    /// may as well be a scene that somebody wants skipped.
    /// </summary>
    public bool MayFind => !IsDropped && (StandsAlone || Fleets.Count >= FleetsMin);
}

/// <summary>Verifies what fleets say of a file by the file's own sound.</summary>
/// <remarks>
/// Times are of one cut, a theme is of all: locating it in the local file says where this cut has it. One fleet's theme
/// is no better than its markers, so it verifies others' alone, until two local episodes have it.
/// </remarks>
public sealed class ThemeCheck
{
    private readonly IReadOnlyList<LocalSound> _files;
    private readonly List<Entry> _entries = [];

    /// <param name="themes">Of one season, whoever told of them.</param>
    /// <param name="files">Of that season.</param>
    public ThemeCheck(IReadOnlyList<KnownTheme> themes, IReadOnlyList<LocalSound> files)
    {
        _files = files;
        foreach (var theme in themes)
        {
            var located = files.Select(f => theme.Theme.LocateIn(f.WindowFor(theme.Theme.Type))).ToArray();
            var heard = files.Count(f => !f.WindowFor(theme.Theme.Type).Points.IsEmpty);
            var hits = files.Where((_, at) => located[at] is not null).Select(f => f.Head).ToArray();
            var episodes = SameEpisode.Groups(hits).Distinct().Count();
            // Of a library's many themes few are this season's; what none of its files has need not be compared.
            var fleets = hits.Length == 0 && files.Count > 0 ? theme.Fleets : ToldBy(theme, themes);
            _entries.Add(new Entry(new ThemeStanding(theme, fleets, heard, hits.Length, episodes), located));
        }
    }

    /// <summary>One per theme, in the order in which they were given.</summary>
    public IReadOnlyList<ThemeStanding> Standings => [.. _entries.Select(e => e.Standing)];

    /// <summary>Themes of observations, by their key: told of by several, one theme has several fleets.</summary>
    /// <param name="said">Observations, who made them, and whether that is this fleet.</param>
    public static IReadOnlyList<KnownTheme> Union(IEnumerable<(string Fleet, bool IsOwn, ThemeObserved Said)> said) =>
    [
        .. said.Select(s => (s.Fleet, s.IsOwn, Theme: SharedTheme.Read(s.Said))).Where(s => s.Theme is not null)
            .GroupBy(s => (s.Theme!.Type, Key: SharedTheme.KeyOf(s.Theme)))
            .OrderBy(g => g.Key.Type).ThenBy(g => g.Key.Key, StringComparer.Ordinal)
            .Select(g => new KnownTheme(
                // Where they differ on how long it goes on, less is skipped.
                g.Key.Key, g.MinBy(s => s.Theme!.LengthMs).Theme!,
                g.Select(s => s.Fleet).ToHashSet(StringComparer.Ordinal), g.Any(s => s.IsOwn))),
    ];

    /// <summary>Where a file has a usable theme; null where it has none.</summary>
    /// <param name="file">Its place among the files.</param>
    public LocatedTheme? Locate(int file, MarkerType type)
    {
        var best = _entries
            .Where(e => e.Standing.Known.Theme.Type == type && e.Standing.IsUsable && e.Located[file] is not null)
            .OrderByDescending(e => e.Standing.StandsAlone).ThenByDescending(e => e.Located[file]!.Value.Density)
            .ThenBy(e => e.Standing.Known.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        if (best is null) return null;
        var (sound, located) = (_files[file], best.Located[file]!.Value);
        var window = sound.WindowFor(type);
        var range = best.Standing.Known.Theme.WholeAt(located, window);
        var found = new FoundRange(
            Math.Max(0, window.MsAt(range.Start)), Math.Max(0, window.MsAt(range.End)), located.Density / 10,
            Method.Theme, 0);
        var (start, end) = MarkerEdges.Unbiased(found, sound.DurationMs);
        return new LocatedTheme(start, end, best.Standing.StandsAlone ? null : best.Standing.Fleets);
    }

    private static HashSet<string> ToldBy(KnownTheme theme, IReadOnlyList<KnownTheme> themes) =>
        themes.Where(t => IsSame(t, theme)).SelectMany(t => t.Fleets).ToHashSet(StringComparer.Ordinal);

    /// <summary>Two recordings of one theme differ in their points, and so in their keys.</summary>
    private static bool IsSame(KnownTheme a, KnownTheme b) =>
        a.Theme.Type == b.Theme.Type
        && Math.Abs(a.Theme.WholeCount - b.Theme.WholeCount) <= DetectionLimits.SameLength
        && (ReferenceEquals(a, b) || a.Theme.LocateIn(b.Theme.Sound) is not null
            || b.Theme.LocateIn(a.Theme.Sound) is not null);

    private sealed record Entry(ThemeStanding Standing, IReadOnlyList<CommonRange?> Located);
}
