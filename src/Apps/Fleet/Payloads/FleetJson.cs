using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>The JSON of Fleet's payloads: unknown, missing and duplicate members are refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 4,
    Converters =
    [
        typeof(Form<DeviceId>), typeof(Form<VolumeId>), typeof(Form<ItemId>), typeof(Form<NodeId>),
        typeof(Form<Incarnation>), typeof(Form<Hash256>),
        typeof(SnakeNames<DeviceClass>), typeof(SnakeNames<DeviceState>), typeof(SnakeNames<Reachability>),
        typeof(SnakeNames<Privacy>), typeof(SnakeNames<SourceKind>), typeof(SnakeNames<SourceGate>),
        typeof(SnakeNames<Isolation>), typeof(SnakeNames<HoldingState>), typeof(SnakeNames<Evidence>),
        typeof(SnakeNames<PinScope>), typeof(SnakeNames<PinKind>), typeof(SnakeNames<ReleaseOutcome>),
    ])]
[JsonSerializable(typeof(DeviceDeclared))]
[JsonSerializable(typeof(VolumeDeclared))]
[JsonSerializable(typeof(DeviceStateSet))]
[JsonSerializable(typeof(ItemsDescribed))]
[JsonSerializable(typeof(PolicySet))]
[JsonSerializable(typeof(SourceSet))]
[JsonSerializable(typeof(HoldingsSet))]
[JsonSerializable(typeof(ChallengeAnswered))]
[JsonSerializable(typeof(PinSet))]
[JsonSerializable(typeof(ProbeReported))]
[JsonSerializable(typeof(ReleaseIntended))]
[JsonSerializable(typeof(ReleaseEnded))]
[JsonSerializable(typeof(LockGranted))]
[JsonSerializable(typeof(BatonAccepted))]
[JsonSerializable(typeof(DutyOverridden))]
[JsonSerializable(typeof(TorrentStateSet))]
[JsonSerializable(typeof(ViewingSet))]
internal sealed partial class FleetJson : JsonSerializerContext;

/// <summary>Enum values by their names in snake case, never as numbers.</summary>
internal sealed class SnakeNames<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Ids in their one text form.</summary>
internal sealed class Form<T> : JsonConverter<T>
    where T : struct
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Parse(text) is T id ? id : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    private static object? Parse(string? text)
    {
        if (typeof(T) == typeof(DeviceId)) return DeviceId.TryParse(text, out var device) ? device : null;
        if (typeof(T) == typeof(VolumeId)) return VolumeId.TryParse(text, out var volume) ? volume : null;
        if (typeof(T) == typeof(ItemId)) return ItemId.TryParse(text, out var item) ? item : null;
        if (typeof(T) == typeof(NodeId)) return NodeId.TryParse(text, out var node) ? node : null;
        if (typeof(T) == typeof(Incarnation)) return Incarnation.TryParse(text, out var chain) ? chain : null;
        return HexId.TryRead(text, out var hash) ? hash : null;
    }
}
