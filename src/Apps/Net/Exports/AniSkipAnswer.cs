using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Anarchive.Net;

/// <summary>Where something to skip begins and ends, in seconds.</summary>
public sealed record AniSkipInterval(decimal StartTime, decimal EndTime);

/// <summary>One thing to skip.</summary>
/// <param name="SkipType"><c>op</c>, <c>ed</c> or <c>recap</c>.</param>
/// <param name="EpisodeLength">Seconds.</param>
public sealed record AniSkipTime(AniSkipInterval Interval, string SkipType, string SkipId, decimal EpisodeLength);

/// <summary>
/// An answer in the form of AniSkip's API, version 2:
/// <c>GET /v2/skip-times/{mal}/{episode}?types=&amp;episodeLength=</c>.
/// </summary>
/// <param name="StatusCode">The answer's HTTP status as well: 200, 400 or 404.</param>
public sealed record AniSkipAnswer(bool Found, IReadOnlyList<AniSkipTime> Results, string Message, int StatusCode)
{
    private static readonly FrozenDictionary<string, MarkerType?> Types = new Dictionary<string, MarkerType?>
    {
        ["op"] = MarkerType.Intro,
        ["ed"] = MarkerType.Outro,
        ["recap"] = MarkerType.Recap,
        // An opening mixed with the episode: asked for by players, and known to nobody here.
        ["mixed-op"] = null,
        ["mixed-ed"] = null,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Answers a player's question.</summary>
    /// <param name="markers">Of that episode: whatever the node knows, of any of its files.</param>
    /// <param name="types">Values of <c>types</c>, of which at least one is needed.</param>
    /// <param name="episodeLength">Seconds as the player writes them; 0 where it does not know.</param>
    public static AniSkipAnswer Of(
        IEnumerable<ExportMarker> markers, IReadOnlyCollection<string> types, string? episodeLength)
    {
        if (types.Count == 0 || types.Any(t => !Types.ContainsKey(t)))
            return Refused("The types are op, ed, mixed-op, mixed-ed and recap, and one is needed.");
        if (LengthMs(episodeLength) is not { } length)
            return Refused("The episode length is a number of seconds, or 0.");
        var times = ExportRules.Skippable(markers)
            .Where(m => length == 0 || Math.Abs(m.DurationMs - length) <= MarkerMerge.NearMs)
            .Select(m => (Marker: m, Name: types.FirstOrDefault(t => Types[t] == m.Type)))
            .Where(t => t.Name is not null)
            .Select(t => Time(t.Marker, t.Name!)).ToArray();
        return times.Length > 0
            ? new AniSkipAnswer(true, times, "These can be skipped.", 200)
            : new AniSkipAnswer(false, [], "Nothing to skip is known in this episode.", 404);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ExportCamelJson.Default.AniSkipAnswer);

    private static AniSkipAnswer Refused(string sentence) => new(false, [], sentence, 400);

    private static AniSkipTime Time(ExportMarker marker, string type) => new(
        new AniSkipInterval(marker.StartMs / 1_000m, marker.StopMs / 1_000m), type,
        StableId.Of(marker, "aniskip").ToString("D", CultureInfo.InvariantCulture), marker.DurationMs / 1_000m);

    /// <summary>0 where none is stated; null for what is no length.</summary>
    private static long? LengthMs(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= NetRules.MediaMsMax / 1_000
                ? (long)(seconds * 1_000)
                : null;
    }
}
