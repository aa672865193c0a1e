using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Node;

/// <summary><c>POST /net/v1/parts</c>, request and reply: part groups of the sender that the other may read.</summary>
internal sealed record PartsMessage(IReadOnlyList<OfferedPart> Parts);

/// <summary>A group and the part it holds.</summary>
internal sealed record OfferedPart(string Group, string Part);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PartsMessage))]
internal sealed partial class PartsJson : JsonSerializerContext;
