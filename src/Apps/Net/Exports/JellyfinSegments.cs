using System.Globalization;
using System.Text.Json;

namespace Anarchive.Net;

/// <summary>A segment as Jellyfin's server names it; times in ticks of 100 ns.</summary>
public sealed record JellyfinSegment(string Id, string ItemId, string Type, long StartTicks, long EndTicks);

/// <summary>Jellyfin's answer to <c>GET /MediaSegments/{itemId}</c>.</summary>
public sealed record JellyfinAnswer(IReadOnlyList<JellyfinSegment> Items, int TotalRecordCount, int StartIndex);

/// <summary>Media segments of Jellyfin 10.10 and later, which a provider plugin takes in.</summary>
public static class JellyfinSegments
{
    private const long TicksPerMs = 10_000;

    /// <param name="itemId">The film's or episode's in that server.</param>
    /// <param name="withButtons">
    /// Also what may only be offered: a segment cannot say so, and a client may be set to skip it.
    /// </param>
    public static JellyfinAnswer Answer(IEnumerable<ExportMarker> markers, Guid itemId, bool withButtons)
    {
        var shown = withButtons ? ExportRules.Shown(markers) : ExportRules.Skippable(markers);
        // As the server writes its ids: without hyphens.
        var item = itemId.ToString("N", CultureInfo.InvariantCulture);
        // The server's names of the types are ours.
        var segments = shown.Select(m => new JellyfinSegment(
            StableId.Of(m, item).ToString("N", CultureInfo.InvariantCulture), item, m.Type.ToString(),
            m.StartMs * TicksPerMs, m.StopMs * TicksPerMs)).ToArray();
        return new JellyfinAnswer(segments, segments.Length, 0);
    }

    public static string Write(JellyfinAnswer answer) =>
        JsonSerializer.Serialize(answer, ExportJson.Default.JellyfinAnswer);
}
