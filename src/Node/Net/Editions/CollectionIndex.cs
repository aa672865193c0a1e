using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>One edition of what was taken over from a provider.</summary>
/// <param name="From">The edition that a delta changes; null in a full one.</param>
/// <param name="Rows">Of the whole state, not of the file.</param>
public sealed record CollectionEdition(
    long Seq, string Week, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? From, long Rows,
    string StateRoot, EditionBlob File)
{
    [JsonIgnore]
    public EditionKind Kind => From is null ? EditionKind.Full : EditionKind.Delta;
}

/// <summary>The editions of one provider.</summary>
/// <param name="Group">Made from the provider's name: nobody's group, and no node has it.</param>
public sealed record CollectionProvider(string Provider, string Group, IReadOnlyList<CollectionEdition> Editions);

/// <summary>A dump whose rows are in the editions.</summary>
/// <param name="Newest">The latest date of submission in it, ISO 8601.</param>
public sealed record CollectedDump(string Sha256, string Newest);

/// <summary>The list <c>index.json</c> in a folder of editions.</summary>
public sealed record CollectionIndex(
    int V, string Collection, IReadOnlyList<CollectedDump> Dumps, IReadOnlyList<CollectionProvider> Providers)
{
    public const int Version = 1;

    public static CollectionIndex Empty(string collection) => new(Version, collection, [], []);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(CollectionIndex))]
internal sealed partial class CollectionJson : JsonSerializerContext;
