using System.Globalization;
using System.Text.Json;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>What detection needs to know of a file before it listens.</summary>
/// <param name="Bytes">The file's size.</param>
/// <param name="HasPicture">Moving ones; a cover is none.</param>
/// <param name="Chapters">In the order in which the file lists them.</param>
public sealed record MediaFacts(
    long Bytes, long DurationMs, bool HasSound, bool HasPicture, IReadOnlyList<Chapter> Chapters);

/// <summary>Asks ffprobe about a file.</summary>
public static class MediaProbe
{
    private const int JsonBytesMax = 4 * 1024 * 1024;
    private const int ChaptersMax = 1_000;

    private static readonly string[] Question =
    [
        .. MediaTool.Quietly, "-of", "json", "-show_entries",
        "format=duration:stream=codec_type:stream_disposition=attached_pic:chapter=start_time,end_time:chapter_tags",
    ];

    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>, and where no length is stated.</exception>
    /// <exception cref="IOException">The file is gone, or the disk refuses.</exception>
    public static async Task<MediaFacts> AskAsync(string path, CancellationToken cancellation)
    {
        var bytes = new FileInfo(path).Length;
        // An empty file may also be a pipe, on which a reader would wait.
        if (bytes == 0) throw new MediaException("media_unreadable", "The file is empty.");
        var json = await MediaTool.RunAsync(
            MediaTool.Ffprobe, [.. Question, MediaTool.Name(path)], bytes, JsonBytesMax, cancellation);
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, bytes);
        }
        catch (JsonException)
        {
            throw new MediaException("media_unreadable", "The file cannot be read as media.");
        }
    }

    private static MediaFacts Read(JsonElement answer, long bytes)
    {
        var duration = answer.TryGetProperty("format", out var format) ? Milliseconds(format, "duration") : null;
        if (duration is not (> 0 and <= NetRules.MediaMsMax))
            throw new MediaException("media_unreadable", "The file does not say how long it is.");
        var streams = Array(answer, "streams").ToArray();
        return new MediaFacts(
            bytes, duration.Value, streams.Any(s => Kind(s) == "audio"),
            streams.Any(s => Kind(s) == "video" && !IsCover(s)),
            [.. Array(answer, "chapters").Take(ChaptersMax).Select(Chapter).OfType<Chapter>()]);
    }

    private static Chapter? Chapter(JsonElement chapter)
    {
        if (Milliseconds(chapter, "start_time") is not { } start) return null;
        if (Milliseconds(chapter, "end_time") is not { } end) return null;
        if (!chapter.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Object) return null;
        foreach (var tag in tags.EnumerateObject())
            if (tag.Name.Equals("title", StringComparison.OrdinalIgnoreCase) && tag.Value.GetString() is { } title)
                return new Chapter(title, start, end);
        return null;
    }

    private static JsonElement.ArrayEnumerator Array(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray()
            : default;

    private static string? Kind(JsonElement stream) =>
        stream.TryGetProperty("codec_type", out var kind) ? kind.GetString() : null;

    private static bool IsCover(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var disposition)
        && disposition.TryGetProperty("attached_pic", out var cover)
        && cover.ValueKind == JsonValueKind.Number && cover.GetInt32() == 1;

    /// <summary>ffprobe writes seconds as text; what is no number, or beyond any file, is null.</summary>
    private static long? Milliseconds(JsonElement element, string name) =>
        element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
        && decimal.TryParse(
            text.GetString(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds) <= NetRules.MediaMsMax
            ? (long)Math.Round(seconds * 1_000)
            : null;
}
