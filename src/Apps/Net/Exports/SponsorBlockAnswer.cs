using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Net;

/// <summary>One thing to skip; times in seconds.</summary>
public sealed record SponsorBlockSegment(
    [property: JsonPropertyName("segment")] IReadOnlyList<decimal> Segment,
    [property: JsonPropertyName("UUID")] string Uuid,
    [property: JsonPropertyName("category")] string Category,
    [property: JsonPropertyName("videoDuration")] decimal VideoDuration,
    [property: JsonPropertyName("actionType")] string ActionType,
    [property: JsonPropertyName("locked")] int Locked,
    [property: JsonPropertyName("votes")] int Votes,
    [property: JsonPropertyName("description")] string Description);

/// <summary>All that is to be skipped in what one key names.</summary>
/// <param name="VideoId">The content key.</param>
/// <param name="Hash">SHA-256 of the key's text, in hexadecimal digits.</param>
public sealed record SponsorBlockVideo(
    [property: JsonPropertyName("videoID")] string VideoId,
    [property: JsonPropertyName("hash")] string Hash,
    [property: JsonPropertyName("segments")] IReadOnlyList<SponsorBlockSegment> Segments);

/// <summary>
/// Answers in the form of SponsorBlock's API: <c>GET /api/skipSegments/{prefix}</c>, where the prefix is of the SHA-256
/// of the key, so that whoever answers cannot tell which key was meant.
/// </summary>
public static class SponsorBlockAnswer
{
    /// <summary>Hexadecimal digits of a prefix.</summary>
    public const int PrefixMin = 4;

    /// <inheritdoc cref="PrefixMin"/>
    public const int PrefixMax = 32;

    private const string DefaultCategory = "sponsor";
    private const int CategoriesMax = 32;

    private static readonly FrozenDictionary<MarkerType, string> Categories = new Dictionary<MarkerType, string>
    {
        [MarkerType.Intro] = "intro",
        [MarkerType.Outro] = "outro",
        [MarkerType.Recap] = "preview",
        [MarkerType.Preview] = "preview",
        [MarkerType.Commercial] = DefaultCategory,
    }.ToFrozenDictionary();

    /// <summary>SHA-256 of a key's text, in hexadecimal digits: what a prefix is compared with.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The prefix in lower case; null for what is none.</summary>
    public static string? Prefix(string text) =>
        text.Length is >= PrefixMin and <= PrefixMax && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;

    /// <summary>The categories that a question names; null for a list that is none.</summary>
    /// <param name="list">The value of <c>categories</c>: a JSON array.</param>
    /// <param name="single">Values of <c>category</c>, which may be repeated.</param>
    public static IReadOnlyList<string>? CategoriesOf(string? list, IReadOnlyList<string> single)
    {
        if (list is null) return single.Count > 0 ? single : [DefaultCategory];
        try
        {
            var named = JsonSerializer.Deserialize(list, ExportJson.Default.StringArray);
            return named is { Length: <= CategoriesMax } && !named.Contains(null) ? named : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What is known under a prefix; empty where that is nothing, and the status is 404 then.</summary>
    /// <param name="prefix">From <see cref="Prefix"/>.</param>
    /// <param name="markers">Of any keys: those of others are passed over.</param>
    public static SponsorBlockVideo[] Of(
        string prefix, IEnumerable<ExportMarker> markers, IReadOnlyCollection<string> categories) =>
    [
        .. ExportRules.Skippable(markers).Where(m => categories.Contains(Categories[m.Type]))
            .GroupBy(m => m.Key, StringComparer.Ordinal)
            .Select(g => new SponsorBlockVideo(g.Key, HashOf(g.Key), [.. g.Select(Segment)]))
            .Where(v => v.Hash.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(v => v.VideoId, StringComparer.Ordinal),
    ];

    public static string ToJson(SponsorBlockVideo[] videos) =>
        JsonSerializer.Serialize(videos, ExportJson.Default.SponsorBlockVideoArray);

    private static SponsorBlockSegment Segment(ExportMarker marker) => new(
        [marker.StartMs / 1_000m, marker.StopMs / 1_000m], StableId.Hex(marker, "sponsorblock"),
        Categories[marker.Type], marker.DurationMs / 1_000m, "skip", 0, 0, "");
}
