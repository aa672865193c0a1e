using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Node;

/// <summary><c>POST /net/v1/parts</c>, request and reply: part groups that the other may read here.</summary>
internal sealed record PartsMessage(IReadOnlyList<OfferedPart> Parts);

/// <summary>A group and the part it holds.</summary>
/// <param name="Aggregator">Of a group of the network ring: who counts. Left out for the sender's own words.</param>
internal sealed record OfferedPart(
    string Group, string Part,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Aggregator = null);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PartsMessage))]
internal sealed partial class PartsJson : JsonSerializerContext;
