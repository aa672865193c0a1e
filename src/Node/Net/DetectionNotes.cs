using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;

namespace Anarchive.Node;

/// <summary>
/// Remembers on disk what is being listened to: a node that ended in the midst says so when it is back.
/// </summary>
internal sealed class DetectionNotes(Database database, LogWriter writer)
{
    internal const string Key = "net.detections";

    /// <summary>What the node of before did not finish.</summary>
    public IReadOnlyList<DetectionView> Read()
    {
        using var db = database.OpenReader();
        var text = db.QuerySingleOrDefault<string>("SELECT value FROM meta WHERE key = @Key", new { Key });
        if (text is null) return [];
        try
        {
            return
            [
                .. (JsonSerializer.Deserialize(text, DetectionJson.Default.ListDetectionNote) ?? [])
                    .Select(n => new DetectionView(
                        n.Id, DetectionState.Failed, "failed", Detections.Interrupted, null, 0, [])
                    {
                        Files = n.Files,
                        Season = n.Work is { } work ? new DetectedSeason(work, n.Season) : null,
                    }),
            ];
        }
        catch (JsonException)
        {
            // Only the sentence is lost that it did not end; what it recorded is elsewhere.
            return [];
        }
    }

    /// <summary>Durable when it returns.</summary>
    /// <param name="unfinished">Asked on the writer's thread, so that the last word is the newest.</param>
    public Task WriteAsync(Func<IEnumerable<DetectionView>> unfinished, CancellationToken cancellation) =>
        writer.OnWriterAsync(
            db =>
            {
                var notes = unfinished().Select(v => new DetectionNote(
                    v.Id, [.. v.Files], v.Season?.Work, v.Season?.Season ?? 0)).ToList();
                return notes.Count == 0
                    ? db.Execute("DELETE FROM meta WHERE key = @Key", new { Key })
                    : db.Execute(
                        "INSERT OR REPLACE INTO meta (key, value) VALUES (@Key, @value)",
                        new { Key, value = JsonSerializer.Serialize(notes, DetectionJson.Default.ListDetectionNote) });
            },
            cancellation);
}

internal sealed record DetectionNote(string Id, List<string> Files, string? Work, int Season);

[JsonSerializable(typeof(List<DetectionNote>))]
internal sealed partial class DetectionJson : JsonSerializerContext;
