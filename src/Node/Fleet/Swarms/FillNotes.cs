using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Fleet;
using Dapper;

namespace Anarchive.Node;

/// <summary>A file that is laid, or about to be.</summary>
/// <param name="Aside">Where what lay there before is kept; null where nothing did.</param>
/// <param name="IsMoved">It is a copy of the node's own that was moved; else it is a second set of its bytes.</param>
internal sealed record LaidFile(string Target, string? Aside, bool IsMoved);

/// <summary>What is remembered of filling a torrent. It never leaves the device.</summary>
/// <param name="IsStopped">This node stopped it, and has not started it since.</param>
/// <param name="DoneBytes">That the client had checked when it was stopped.</param>
/// <param name="CheckedMs">When the client was told to check what was laid.</param>
/// <param name="Pending">Of what the client has not told yet whether it is right.</param>
/// <param name="Laid">Places and their items that were laid once: they are not laid again.</param>
internal sealed record FillNote(
    bool IsStopped, long DoneBytes, long CheckedMs, IReadOnlyList<LaidFile> Pending,
    IReadOnlyList<string> Laid)
{
    public static FillNote Empty { get; } = new(false, 0, 0, [], []);

    public bool WasLaid(int place, ItemId item) => Laid.Contains(Name(place, item));

    public FillNote With(int place, ItemId item, LaidFile file) =>
        this with { Pending = [.. Pending, file], Laid = [.. Laid, Name(place, item)] };

    private static string Name(int place, ItemId item) => string.Create(null, $"{place}:{item}");
}

/// <summary>What was done to fill torrents, so that the process may end at any moment of it.</summary>
/// <remarks>Safe from any thread; one at a time changes it.</remarks>
public sealed class FillNotes
{
    private const string Prefix = "fill.";

    private readonly LogWriter _writer;
    private readonly ConcurrentDictionary<string, FillNote> _notes = new(StringComparer.Ordinal);

    public FillNotes(Database database, LogWriter writer)
    {
        _writer = writer;
        using var db = database.OpenReader();
        foreach (var (key, value) in db.Query<(string Key, string Value)>(
            "SELECT key, value FROM meta WHERE key LIKE 'fill.%'"))
            _notes[key[Prefix.Length..]] = JsonSerializer.Deserialize(value, FillJson.Default.FillNote)!;
    }

    internal FillNote Of(string infoHash) => _notes.GetValueOrDefault(infoHash, FillNote.Empty);

    /// <summary>Durable when it returns.</summary>
    internal async Task PutAsync(string infoHash, FillNote note, CancellationToken cancellation)
    {
        var (key, value) = (Prefix + infoHash, JsonSerializer.Serialize(note, FillJson.Default.FillNote));
        await _writer.OnWriterAsync(
            db => db.Execute("INSERT OR REPLACE INTO meta (key, value) VALUES (@key, @value)", new { key, value }),
            cancellation);
        _notes[infoHash] = note;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FillNote))]
internal sealed partial class FillJson : JsonSerializerContext;
