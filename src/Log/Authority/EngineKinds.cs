using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Anarchive.Log;

/// <summary>The kinds every group has, whatever its application, and the strict reading of their payloads.</summary>
public sealed class EngineKinds : IPayloadSchema
{
    public static readonly Kind GroupCreated = new("group_created");
    public static readonly Kind ChainOpened = new("chain_opened");
    public static readonly Kind NodeAdmitted = new("node_admitted");
    public static readonly Kind NodeRemoved = new("node_removed");
    public static readonly Kind KeyRotated = new("key_rotated");
    public static readonly Kind KeyRecovered = new("key_recovered");
    public static readonly Kind IncarnationEndorsed = new("incarnation_endorsed");
    public static readonly Kind ModeratorChanged = new("moderator_changed");
    public static readonly Kind HeirsNamed = new("heirs_named");
    public static readonly Kind OwnerTransferred = new("owner_transferred");
    public static readonly Kind SuccessionProposed = new("succession_proposed");
    public static readonly Kind SuccessionVetoed = new("succession_vetoed");
    public static readonly Kind SuccessionEndorsed = new("succession_endorsed");
    public static readonly Kind OwnerSucceeded = new("owner_succeeded");
    public static readonly Kind EditionPublished = new("edition_published");
    public static readonly Kind EditionCountersigned = new("edition_countersigned");

    private static readonly FrozenDictionary<Kind, JsonTypeInfo> Types = new Dictionary<Kind, JsonTypeInfo>
    {
        [GroupCreated] = EngineJson.Default.GroupCreated,
        [ChainOpened] = EngineJson.Default.ChainOpened,
        [NodeAdmitted] = EngineJson.Default.NodeAdmitted,
        [NodeRemoved] = EngineJson.Default.NodeRemoved,
        [KeyRotated] = EngineJson.Default.KeyRotated,
        [KeyRecovered] = EngineJson.Default.KeyRecovered,
        [IncarnationEndorsed] = EngineJson.Default.IncarnationEndorsed,
        [ModeratorChanged] = EngineJson.Default.ModeratorChanged,
        [HeirsNamed] = EngineJson.Default.HeirsNamed,
        [OwnerTransferred] = EngineJson.Default.OwnerTransferred,
        [SuccessionProposed] = EngineJson.Default.SuccessionProposed,
        [SuccessionVetoed] = EngineJson.Default.SuccessionVetoed,
        [SuccessionEndorsed] = EngineJson.Default.SuccessionEndorsed,
        [OwnerSucceeded] = EngineJson.Default.OwnerSucceeded,
        [EditionPublished] = EngineJson.Default.EditionPublished,
        [EditionCountersigned] = EngineJson.Default.EditionCountersigned,
    }.ToFrozenDictionary();

    private EngineKinds()
    {
    }

    public static EngineKinds Schema { get; } = new();

    /// <summary>Kinds that <see cref="Authority"/> and the chains' keys are computed from; stores index them.</summary>
    public static IReadOnlySet<Kind> OfAuthority { get; } = Types.Keys.ToFrozenSet();

    /// <summary>True for events of authority that may move the end of a chain.</summary>
    public static bool EndsChains(Kind kind) =>
        kind != NodeAdmitted && kind != ModeratorChanged && kind != EditionCountersigned;

    /// <summary>True for the kinds that stand at seq 1, and nowhere else.</summary>
    public static bool IsOpening(Kind kind) => kind == GroupCreated || kind == ChainOpened || kind == KeyRecovered;

    public object? Read(Kind kind, ReadOnlySpan<byte> payload)
    {
        if (!Types.TryGetValue(kind, out var type)) return null;
        try
        {
            return JsonSerializer.Deserialize(payload, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool RequiresPayload(Kind kind) => Types.ContainsKey(kind);

    public static byte[] Write(GroupCreated payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.GroupCreated);

    public static byte[] Write(ChainOpened payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.ChainOpened);

    public static byte[] Write(NodeAdmitted payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.NodeAdmitted);

    public static byte[] Write(NodeRemoved payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.NodeRemoved);

    public static byte[] Write(KeyRotated payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.KeyRotated);

    public static byte[] Write(ModeratorChanged payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.ModeratorChanged);

    public static byte[] Write(KeyRecovered payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.KeyRecovered);

    public static byte[] Write(IncarnationEndorsed payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.IncarnationEndorsed);

    public static byte[] Write(HeirsNamed payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.HeirsNamed);

    public static byte[] Write(OwnerTransferred payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.OwnerTransferred);

    public static byte[] Write(SuccessionProposed payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.SuccessionProposed);

    public static byte[] Write(SuccessionVetoed payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.SuccessionVetoed);

    public static byte[] Write(SuccessionEndorsed payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.SuccessionEndorsed);

    public static byte[] Write(OwnerSucceeded payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.OwnerSucceeded);

    public static byte[] Write(EditionPublished payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.EditionPublished);

    public static byte[] Write(EditionCountersigned payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, EngineJson.Default.EditionCountersigned);
}

/// <summary>Strict JSON of the engine's payloads.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    MaxDepth = Limits.PayloadDepthMax)]
[JsonSerializable(typeof(GroupCreated))]
[JsonSerializable(typeof(ChainOpened))]
[JsonSerializable(typeof(NodeAdmitted))]
[JsonSerializable(typeof(NodeRemoved))]
[JsonSerializable(typeof(KeyRotated))]
[JsonSerializable(typeof(ModeratorChanged))]
[JsonSerializable(typeof(KeyRecovered))]
[JsonSerializable(typeof(IncarnationEndorsed))]
[JsonSerializable(typeof(HeirsNamed))]
[JsonSerializable(typeof(OwnerTransferred))]
[JsonSerializable(typeof(SuccessionProposed))]
[JsonSerializable(typeof(SuccessionVetoed))]
[JsonSerializable(typeof(SuccessionEndorsed))]
[JsonSerializable(typeof(OwnerSucceeded))]
[JsonSerializable(typeof(EditionPublished))]
[JsonSerializable(typeof(EditionCountersigned))]
[JsonSerializable(typeof(OwnerConsent))]
public sealed partial class EngineJson : JsonSerializerContext;
