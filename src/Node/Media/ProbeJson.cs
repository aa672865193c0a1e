using System.Globalization;
using System.Text.Json;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>ffprobe's answers, whose members come from files of anybody's: what is no such member is null.</summary>
internal static class ProbeJson
{
    private const int BytesMax = 4 * 1024 * 1024;

    /// <param name="read">Makes of the answer what is wanted of it.</param>
    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>, and for an empty file.</exception>
    public static async Task<T> AskAsync<T>(
        IReadOnlyList<string> question, string path, long bytes, Func<JsonElement, T> read,
        CancellationToken cancellation)
    {
        // An empty file may also be a pipe, on which a reader would wait.
        if (bytes == 0) throw new MediaException("media_unreadable", "The file is empty.");
        return Read(
            await MediaTool.RunAsync(
                MediaTool.Ffprobe, [.. question, MediaTool.Name(path)], bytes, BytesMax, cancellation),
            read);
    }

    /// <exception cref="MediaException"><c>media_unreadable</c>: it is no object, or holds what is no text.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T> read)
    {
        try
        {
            using var answer = JsonDocument.Parse(json);
            return read(answer.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new MediaException("media_unreadable", "The file cannot be read as media.");
        }
    }

    public static JsonElement.ArrayEnumerator Array(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray()
            : default;

    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    /// <summary>ffprobe writes some numbers as text.</summary>
    public static long? Number(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var number)) return null;
        return number.ValueKind switch
        {
            JsonValueKind.Number when number.TryGetInt64(out var value) => value,
            JsonValueKind.String when long.TryParse(
                number.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
            _ => null,
        };
    }

    /// <summary>A tag, whose name containers spell in either case.</summary>
    public static string? Tag(JsonElement element, string name)
    {
        if (!element.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Object) return null;
        foreach (var tag in tags.EnumerateObject())
            if (tag.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
                && tag.Value.ValueKind == JsonValueKind.String) return tag.Value.GetString();
        return null;
    }

    /// <summary>A still picture that comes with the sound.</summary>
    public static bool IsCover(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var disposition)
        && disposition.ValueKind == JsonValueKind.Object && Number(disposition, "attached_pic") == 1;

    /// <summary>ffprobe writes seconds as text; what is no number, or beyond any file, is null.</summary>
    public static long? Milliseconds(JsonElement element, string name) =>
        decimal.TryParse(
            Text(element, name), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds) <= NetRules.MediaMsMax
            ? (long)Math.Round(seconds * 1_000)
            : null;
}
