using System.Buffers;
using System.Globalization;

namespace Anarchive.Net;

/// <summary>What an observation must be like beyond its form. Equal on every node.</summary>
public static class NetRules
{
    public const int Version = 1;
    public const int KeysMax = 4;
    public const int ToolCharsMax = 32;
    public const long MediaMsMax = 86_400_000;

    /// <summary>Bounds of markers are multiples of this: finer ones would tell one file from another.</summary>
    public const int GridMs = 100;

    public const int MarkersMax = 31;
    public const int ThemePointsMin = 80;
    public const int ThemePointsMax = 1_000;
    public const long ThemeMsMin = 9_900;
    public const long ThemeMsMax = 450_000;
    public const int WorksMax = 6;
    public const int EpisodesMax = 50;
    public const int FilePartMax = 99;
    public const int DefectsMax = 8;
    public const int PixelsMin = 16;
    public const int PixelsMax = 16_384;
    public const int FpsMilliMin = 1_000;
    public const int FpsMilliMax = 240_000;
    public const int BitrateKMax = 1_000_000;
    public const int SubsMax = 64;
    public const int TracksMax = 16;
    public const int ChannelsMax = 32;
    public const int HintHoursMax = 72;

    /// <summary>Unix hours of the year 2972: a later date is none.</summary>
    public const long HoursMax = 8_784_000;

    private static readonly SearchValues<char> SeasonChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Null where all holds; otherwise the member that breaks its rule, as JSON spells it.</summary>
    public static string? FaultOf(IObservation observed) => Common(observed) ?? observed switch
    {
        MarkerObserved marker => Marker(marker),
        ThemeObserved theme => Theme(theme),
        GroupingObserved grouping => Grouping(grouping),
        QualityObserved quality => Quality(quality),
        HintObserved hint => Hint(hint),
        _ => "part",
    };

    /// <summary>As above, for a row of the network's signal.</summary>
    public static string? FaultOf(SignalRow row)
    {
        if (!ContentKey.TryParse(row.Key, out var key) || key.Form is not (KeyForm.Work or KeyForm.Bt2)) return "key";
        if (!IsWeek(row.Week)) return "week";
        return IsRoundedDown(row.N) ? null : "n";
    }

    /// <summary>As above, for a row of the network's hints.</summary>
    public static string? FaultOf(HintRow row)
    {
        if (!ContentKey.TryParse(row.Key, out var key) || key.Form is not (KeyForm.Bt1 or KeyForm.Bt2)) return "key";
        if (!IsWeek(row.Week)) return "week";
        return IsRoundedDown(row.N) ? null : "n";
    }

    /// <summary>How long a marker of that kind may be, in milliseconds.</summary>
    public static (long Min, long Max) LengthOf(MarkerType type) => type switch
    {
        MarkerType.Outro => (5_000, 900_000),
        MarkerType.Commercial => (5_000, 600_000),
        _ => (5_000, 300_000),
    };

    private static string? Common(IObservation observed)
    {
        if (observed.Part != PartOf(observed)) return "part";
        if (observed.V != Version) return "v";
        if (observed.Key.Count is 0 or > KeysMax || !AreDistinct(observed.Key)) return "key";
        if (observed.Key.Any(k => !MayName(observed, k))) return "key";
        if (!IsTool(observed.Tool)) return "tool";
        if (observed.Conf is < 0 or > 100) return "conf";
        return observed.At is < 0 or > HoursMax ? "at" : null;
    }

    private static string PartOf(IObservation observed) => observed switch
    {
        MarkerObserved or ThemeObserved => MarkerObserved.PartName,
        GroupingObserved => GroupingObserved.PartName,
        QualityObserved => QualityObserved.PartName,
        _ => HintObserved.PartName,
    };

    private static bool MayName(IObservation observed, string text)
    {
        if (!ContentKey.TryParse(text, out var key)) return false;
        return observed switch
        {
            // A work's times are somebody's file's: good for a hint, and only where they were taken over.
            MarkerObserved { Method: Method.Import } => key.Form != KeyForm.Theme,
            MarkerObserved => key.Form is not (KeyForm.Theme or KeyForm.Work),
            ThemeObserved => key.Form == KeyForm.Theme,
            HintObserved hint => hint.Key.Count == 1 && key.Form is KeyForm.Bt1 or KeyForm.Bt2,
            GroupingObserved => key.Form != KeyForm.Work,
            _ => key.Form is not (KeyForm.Work or KeyForm.Theme),
        };
    }

    /// <summary>No separators and no dot: neither a path nor a file's name fits.</summary>
    private static bool IsTool(string tool) =>
        tool.Length is > 0 and <= ToolCharsMax && tool.All(c => c is >= ' ' and <= '~' and not ('/' or '\\' or '.'));

    private static string? Marker(MarkerObserved marker)
    {
        if (marker.N is < 0 or > MarkersMax || (marker.N > 0 && marker.Type != MarkerType.Commercial)) return "n";
        if (marker.DurationMs is < 1 or > MediaMsMax) return "duration_ms";
        if (marker.Absent is { } absent)
            return absent && marker is { StartMs: 0, EndMs: 0 } ? null : "absent";
        if (!IsOnGrid(marker.StartMs)) return "start_ms";
        if (marker.EndMs is { } stated && !IsOnGrid(stated)) return "end_ms";
        var (min, max) = LengthOf(marker.Type);
        var length = (marker.EndMs ?? marker.DurationMs) - marker.StartMs;
        return length < min || length > max ? "end_ms" : null;
    }

    private static bool IsOnGrid(long ms) => ms is >= 0 and <= MediaMsMax && ms % GridMs == 0;

    private static string? Theme(ThemeObserved theme)
    {
        if (theme.Season.Length is 0 or > 64 || theme.Season.AsSpan().ContainsAnyExcept(SeasonChars)) return "season";
        if (theme.Type is not (MarkerType.Intro or MarkerType.Outro)) return "type";
        if (theme.Algo != ThemeObserved.AlgoChromaprint) return "algo";
        if (theme.HopUs != ThemeObserved.HopMicroseconds) return "hop_us";
        if (theme.LengthMs is < ThemeMsMin or > ThemeMsMax) return "length_ms";
        var points = new byte[theme.Points.Length];
        return Convert.TryFromBase64String(theme.Points, points, out var bytes) && bytes % 4 == 0
            && bytes / 4 is >= ThemePointsMin and <= ThemePointsMax
            && Convert.ToBase64String(points, 0, bytes) == theme.Points
            ? null
            : "points";
    }

    private static string? Grouping(GroupingObserved grouping)
    {
        if (grouping.Work.Count is 0 or > WorksMax || !AreDistinct(grouping.Work)) return "work";
        if (grouping.Work.Any(w => !WorkId.TryParse(w, out var work) || work is not { Season: null })) return "work";
        if (grouping.Season is < 0 or > WorkId.SeasonMax) return "season";
        if (grouping.Episodes.Count is 0 or > EpisodesMax) return "episodes";
        if (grouping.Episodes.Any(e => e is < 0 or > WorkId.EpisodeMax)) return "episodes";
        if (grouping.Absolute is < 0 or > WorkId.EpisodeMax) return "absolute";
        return grouping.FilePart is < 1 or > FilePartMax ? "file_part" : null;
    }

    private static string? Quality(QualityObserved quality)
    {
        if (quality.Defects.Count > DefectsMax || !AreDistinct(quality.Defects)) return "defects";
        if (quality.Grade is < 0 or > 100) return "grade";
        return quality.Probe is { } probe ? Probe(probe) : null;
    }

    private static string? Probe(ProbedFile probe)
    {
        if (probe.Width is < PixelsMin or > PixelsMax) return "width";
        if (probe.Height is < PixelsMin or > PixelsMax) return "height";
        if (probe.BitDepth is not (8 or 10 or 12)) return "bit_depth";
        if (probe.FpsMilli is < FpsMilliMin or > FpsMilliMax) return "fps_milli";
        if (probe.BitrateK is < 1 or > BitrateKMax) return "bitrate_k";
        if (probe.Subs.Count > SubsMax || probe.Subs.Any(s => !IsLanguage(s))) return "subs";
        if (probe.Audio.Count > TracksMax) return "audio";
        return probe.Audio.Any(a => a is null || a.Ch is < 1 or > ChannelsMax || !IsLanguage(a.Lang)) ? "audio" : null;
    }

    private static string? Hint(HintObserved hint) => hint.TtlH is < 1 or > HintHoursMax ? "ttl_h" : null;

    private static bool AreDistinct<T>(IReadOnlyCollection<T> items) => items.Distinct().Count() == items.Count;

    /// <remarks>The serializer lets a null stand in a list.</remarks>
    private static bool IsLanguage(string? text) => text?.Length is 2 or 3 && text.All(char.IsAsciiLetterLower);

    private static bool IsRoundedDown(int fleets) => fleets is 5 or 10 or 20 or 50 or 100;

    /// <summary>ISO 8601 weeks, 01 to 53.</summary>
    internal static bool IsWeek(string text) =>
        text.Length == 8 && text[4] == '-' && text[5] == 'W'
        && int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
        && int.TryParse(text.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var week)
        && year >= 1970 && week >= 1 && week <= ISOWeek.GetWeeksInYear(year);
}
