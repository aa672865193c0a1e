namespace Anarchive.Net;

/// <summary>Where one episode has its season's intro or outro, before its edges are set.</summary>
/// <param name="StartMs">From the file's start.</param>
/// <param name="Density">Share of points alike, in percent.</param>
/// <param name="Method"><see cref="Method.Theme"/> where only the theme told, not a comparison with others.</param>
/// <param name="Support">Other episodes that have the same range; 0 where only the theme told.</param>
public readonly record struct FoundRange(long StartMs, long EndMs, int Density, Method Method, int Support);

/// <summary>What a season has in common.</summary>
/// <param name="Ranges">One per episode; null where it has none.</param>
/// <param name="Themes">Found here, in the order in which they were found; known ones are not among them.</param>
public sealed record SeasonFindings(IReadOnlyList<FoundRange?> Ranges, IReadOnlyList<Theme> Themes);

/// <summary>Finds the intro, or the outro, of each episode of a season.</summary>
/// <remarks>
/// Known themes come first. Then every episode is compared with every other, and what several of them support is a
/// theme; one of middling length is sought in all. A comparison alone takes a jingle over the theme's edge for a
/// shorter intro; the theme finds the whole one. Only where a second episode has a range of the same other length is it
/// a version of its own.
/// </remarks>
public sealed class SeasonDetection
{
    private readonly IReadOnlyList<SoundWindow> _windows;
    private readonly IReadOnlyList<int> _groups;
    private readonly MarkerType _type;
    private readonly List<Candidate>[] _candidates;
    private readonly FoundRange?[] _found;
    private readonly SupportedRange?[] _paired;
    private readonly List<Theme> _themes = [];

    private SeasonDetection(IReadOnlyList<SoundWindow> windows, IReadOnlyList<int> groups, MarkerType type)
    {
        if (windows.Count != groups.Count) throw new ArgumentException("One group for each window.", nameof(groups));
        (_windows, _groups, _type) = (windows, groups, type);
        _candidates = new List<Candidate>[windows.Count];
        for (var at = 0; at < _candidates.Length; at++) _candidates[at] = [];
        _found = new FoundRange?[windows.Count];
        _paired = new SupportedRange?[windows.Count];
    }

    /// <summary>Finds what the windows have in common.</summary>
    /// <param name="windows">One per file: where such a marker can be.</param>
    /// <param name="groups">Which files are versions of one episode: <see cref="SameEpisode.Groups"/>.</param>
    /// <param name="known">Themes of this season from elsewhere; others than of this type are passed over.</param>
    /// <param name="atEachPair">Called before each comparison with the number of those done; throw to stop.</param>
    /// <exception cref="ArgumentException">Not an intro or outro, or not one group for each window.</exception>
    public static SeasonFindings Find(
        IReadOnlyList<SoundWindow> windows, IReadOnlyList<int> groups, MarkerType type, IReadOnlyList<Theme> known,
        Action<int> atEachPair)
    {
        if (type is not (MarkerType.Intro or MarkerType.Outro))
            throw new ArgumentException("Only intros and outros are sought by their sound.", nameof(type));
        var season = new SeasonDetection(windows, groups, type);
        foreach (var theme in known.Where(t => t.Type == type)) season.LocateKnown(theme);
        season.ComparePairs(atEachPair);
        season.RankRanges();
        season.LocateOwnThemes();
        season.KeepPairs();
        return new SeasonFindings(season._found, season._themes);
    }

    private void LocateKnown(Theme theme)
    {
        for (var at = 0; at < _windows.Count; at++)
            if (_found[at] is null && theme.LocateIn(_windows[at]) is { } located)
                _found[at] = Found(
                    at, theme.WholeAt(located, _windows[at]), located.Density, Method.Theme, 0);
    }

    private void ComparePairs(Action<int> atEachPair)
    {
        var done = 0;
        for (var a = 0; a < _windows.Count; a++)
        {
            for (var b = a + 1; b < _windows.Count; b++)
            {
                // All of one version is in the other, and what is found already needs no comparison.
                if (_groups[a] == _groups[b] || (_found[a] is not null && _found[b] is not null)) continue;
                atEachPair(done++);
                foreach (var common in PairComparison.Compare(_windows[a], _windows[b], _type))
                {
                    _candidates[a].Add(new Candidate(common.First, common.Hits, _groups[b]));
                    _candidates[b].Add(new Candidate(common.Second, common.Hits, _groups[a]));
                }
            }
        }
    }

    private void RankRanges()
    {
        var supportMin = _groups.Distinct().Count() <= 2 ? 1 : 2;
        for (var at = 0; at < _windows.Count; at++) _paired[at] = SeasonRanges.Best(_candidates[at], supportMin);
    }

    /// <summary>A theme from the episodes that have none yet, sought in all of those; then again.</summary>
    private void LocateOwnThemes()
    {
        for (var count = 0; count < DetectionLimits.ThemesMax; count++)
        {
            var open = Enumerable.Range(0, _windows.Count)
                .Where(at => _found[at] is null && _paired[at] is not null)
                .OrderBy(at => _paired[at]!.Value.Range.Count).ThenBy(at => at).ToArray();
            if (open.Length == 0) return;
            var from = open[open.Length / 2];
            var range = _paired[from]!.Value.Range;
            var theme = new Theme(_type, _windows[from].Points.Slice(range.Start, range.Count));
            _themes.Add(theme);
            for (var at = 0; at < _windows.Count; at++)
                if (_found[at] is null && theme.LocateIn(_windows[at]) is { } located) Settle(at, located);
        }
    }

    private void Settle(int at, CommonRange located)
    {
        if (_paired[at] is not { } paired)
            _found[at] = Found(at, located.Second, located.Density, Method.Theme, 0);
        else if (IsOwnVersion(at, paired, located.First.Count))
            _found[at] = Found(at, paired.Range, paired.Density, Method.Chromaprint, paired.Support);
        else
            _found[at] = Found(at, located.Second, located.Density, Method.Chromaprint, paired.Support);
    }

    /// <summary>As long as another episode's, and not as long as the theme.</summary>
    private bool IsOwnVersion(int at, SupportedRange paired, int themeCount)
    {
        var length = paired.Range.Count;
        if (1_000L * Math.Abs(length - themeCount) < (long)DetectionLimits.OtherLengthMin * themeCount) return false;
        for (var other = 0; other < _windows.Count; other++)
            if (_groups[other] != _groups[at] && _paired[other] is { } theirs
                && Math.Abs(theirs.Range.Count - length) <= DetectionLimits.SameLength) return true;
        return false;
    }

    /// <summary>What is supported and like none of the themes stays what it was found as.</summary>
    private void KeepPairs()
    {
        for (var at = 0; at < _windows.Count; at++)
            if (_found[at] is null && _paired[at] is { } paired)
                _found[at] = Found(at, paired.Range, paired.Density, Method.Chromaprint, paired.Support);
    }

    private FoundRange Found(int at, PointRange range, int density, Method method, int support)
    {
        var window = _windows[at];
        return new FoundRange(
            Math.Max(0, window.MsAt(range.Start)), Math.Max(0, window.MsAt(range.End)), density / 10, method, support);
    }
}
