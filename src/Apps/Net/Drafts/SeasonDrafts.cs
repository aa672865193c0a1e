using System.Security.Cryptography;
using System.Text;
using Anarchive.Rings;

namespace Anarchive.Net;

/// <summary>A marker found in a file, with its edges set.</summary>
/// <param name="N">0, or which of several commercials.</param>
/// <param name="Conf">Percent, as observations say it.</param>
public readonly record struct FoundMarker(MarkerType Type, int N, MarkerBounds Bounds, Method Method, int Conf);

/// <summary>A theme found in a season, and how alike it is where it was found, in percent.</summary>
public sealed record FoundTheme(Theme Theme, int Conf);

/// <summary>Drafts what was found in a season's files.</summary>
public static class SeasonDrafts
{
    private const int SeasonBytes = 16;

    /// <summary>A marker of one file; a file that has none is not said to have none: only a person knows.</summary>
    public static void AddMarker(
        this ObservationDrafts drafts, int place, DraftFile file, long durationMs, FoundMarker found)
    {
        var what = ExportWords.Of(found.Type);
        if (drafts.Keys(place, file, what) is not { } keys) return;
        drafts.Add(place, what, keys, new MarkerObserved(
            MarkerObserved.PartName, NetRules.Version, ObservationDrafts.Texts(keys), found.Method,
            ObservationDrafts.Tool, found.Conf, drafts.At, found.Type, found.N, found.Bounds.StartMs,
            found.Bounds.EndMs, durationMs));
    }

    /// <summary>The season's themes; nothing where one of its files is private, whose sound is in them.</summary>
    /// <param name="files">Of the season, in which the themes were found.</param>
    public static void AddThemes(
        this ObservationDrafts drafts, IReadOnlyList<DraftFile> files, IReadOnlyList<FoundTheme> themes)
    {
        var scope = Together(files.Select(f => f.Scope));
        var season = SeasonOf(files);
        for (var at = 0; at < themes.Count; at++)
        {
            var theme = themes[at].Theme;
            var file = new DraftFile([SharedTheme.KeyOf(theme)], scope);
            if (drafts.Keys(at, file, "theme") is not { } keys) continue;
            drafts.Add(at, "theme", keys, new ThemeObserved(
                MarkerObserved.PartName, NetRules.Version, ObservationDrafts.Texts(keys), Method.Chromaprint,
                ObservationDrafts.Tool, themes[at].Conf, drafts.At, season, theme.Type, SharedTheme.PointsOf(theme),
                ThemeObserved.AlgoChromaprint, ThemeObserved.HopMicroseconds, SharedTheme.LengthMsOf(theme)));
        }
    }

    /// <summary>
    /// Opaque, and equal for equal files in whatever order: the first 16 bytes of the SHA-256 of their keys.
    /// </summary>
    public static string SeasonOf(IReadOnlyList<DraftFile> files)
    {
        var keys = files.SelectMany(f => f.Keys.Take(1)).Distinct().Order(StringComparer.Ordinal);
        var bytes = Encoding.UTF8.GetBytes("anarchive/season\n" + string.Join('\n', keys));
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, SeasonBytes));
    }

    /// <summary>The strictest of all.</summary>
    private static ItemScope Together(IEnumerable<ItemScope> scopes)
    {
        var all = scopes.ToArray();
        var isSensitive = all.Length == 0 || all.Any(s => s.IsSensitive != false);
        return new ItemScope(isSensitive, all.Length == 0 ? SourceAccess.Unknown : all.Min(s => s.Source));
    }
}
