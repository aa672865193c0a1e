using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Cli;

/// <summary>One line of a threads file. See docs/threads-format.md.</summary>
/// <param name="Id">Unique in the file.</param>
/// <param name="Parent">The message it replies to; null, or absent from the file, for the start of a thread.</param>
/// <param name="List">Where it was written: the name of a list or forum.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Ts">When, in Unix seconds.</param>
/// <param name="Subject">Becomes a post's title.</param>
/// <param name="Body">Plain text.</param>
internal sealed record ThreadMessage(
    string Id, string? Parent, string List, string Author, long Ts, string Subject, string Body);

/// <summary>Strict: every member once, of its type, and no other.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 2)]
[JsonSerializable(typeof(ThreadMessage))]
internal sealed partial class ThreadsJson : JsonSerializerContext;
