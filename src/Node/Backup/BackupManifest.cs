using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Node;

/// <summary>The first entry of a backup: whose it is, and what a reader must understand.</summary>
/// <param name="Version">Of the entries and their names.</param>
/// <param name="SchemaVersion">Of the database.</param>
public sealed record BackupManifest(int Version, string InstanceId, int SchemaVersion, long MadeMs, long Events)
{
    internal const int Current = 1;
}

/// <summary>Strict JSON of a backup's manifest.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
