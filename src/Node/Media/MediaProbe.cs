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
        return await ProbeJson.AskAsync(Question, path, bytes, answer => Read(answer, bytes), cancellation);
    }

    private static MediaFacts Read(JsonElement answer, long bytes)
    {
        var duration = answer.TryGetProperty("format", out var format)
            ? ProbeJson.Milliseconds(format, "duration")
            : null;
        if (duration is not (> 0 and <= NetRules.MediaMsMax))
            throw new MediaException("media_unreadable", "The file does not say how long it is.");
        var streams = ProbeJson.Array(answer, "streams").ToArray();
        return new MediaFacts(
            bytes, duration.Value, streams.Any(s => ProbeJson.Text(s, "codec_type") == "audio"),
            streams.Any(s => ProbeJson.Text(s, "codec_type") == "video" && !ProbeJson.IsCover(s)),
            [.. ProbeJson.Array(answer, "chapters").Take(ChaptersMax).Select(Chapter).OfType<Chapter>()]);
    }

    private static Chapter? Chapter(JsonElement chapter)
    {
        if (ProbeJson.Milliseconds(chapter, "start_time") is not { } start) return null;
        if (ProbeJson.Milliseconds(chapter, "end_time") is not { } end) return null;
        return ProbeJson.Tag(chapter, "title") is { } title ? new Chapter(title, start, end) : null;
    }
}
