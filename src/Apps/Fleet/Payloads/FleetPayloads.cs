using System.Collections.Frozen;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Reads and writes the payloads of Fleet.</summary>
/// <remarks>
/// Payloads are canonical: what is read must be, byte for byte, what this program would write. Equal facts then have
/// equal bytes, and neither a null, a space nor another form of a number carries anything past the schema.
/// </remarks>
public sealed class FleetPayloads : IPayloadSchema
{
    /// <summary>What <see cref="Write"/> finds at fault where each member is right but all are too many.</summary>
    public const string TooLarge = "size";

    private static readonly FrozenDictionary<Kind, JsonTypeInfo> Types = new Dictionary<Kind, JsonTypeInfo>
    {
        [FleetApp.DeviceDeclared] = FleetJson.Default.DeviceDeclared,
        [FleetApp.VolumeDeclared] = FleetJson.Default.VolumeDeclared,
        [FleetApp.DeviceStateSet] = FleetJson.Default.DeviceStateSet,
        [FleetApp.ItemsDescribed] = FleetJson.Default.ItemsDescribed,
        [FleetApp.PolicySet] = FleetJson.Default.PolicySet,
        [FleetApp.SourceSet] = FleetJson.Default.SourceSet,
        [FleetApp.HoldingsSet] = FleetJson.Default.HoldingsSet,
        [FleetApp.ChallengeAnswered] = FleetJson.Default.ChallengeAnswered,
        [FleetApp.PinSet] = FleetJson.Default.PinSet,
        [FleetApp.ProbeReported] = FleetJson.Default.ProbeReported,
        [FleetApp.ReleaseIntended] = FleetJson.Default.ReleaseIntended,
        [FleetApp.ReleaseEnded] = FleetJson.Default.ReleaseEnded,
        [FleetApp.LockGranted] = FleetJson.Default.LockGranted,
        [FleetApp.BatonAccepted] = FleetJson.Default.BatonAccepted,
        [FleetApp.DutyOverridden] = FleetJson.Default.DutyOverridden,
        [FleetApp.TorrentStateSet] = FleetJson.Default.TorrentStateSet,
        [FleetApp.ViewingSet] = FleetJson.Default.ViewingSet,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, Kind> Kinds =
        Types.ToFrozenDictionary(type => type.Value.Type, type => type.Key);

    public object? Read(Kind kind, ReadOnlySpan<byte> payload) => ReadPayload(kind, payload);

    /// <summary>Of a fleet only what was watched is erased, once a later word replaces it.</summary>
    public bool RequiresPayload(Kind kind) => Types.ContainsKey(kind) && kind != FleetApp.ViewingSet;

    public static Kind KindOf(IFleetPayload payload) => Kinds[payload.GetType()];

    /// <summary>The content; null for another application's kind, and for a payload that breaks a rule.</summary>
    public static IFleetPayload? ReadPayload(Kind kind, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > Limits.PayloadBytesMax || !Types.TryGetValue(kind, out var type)) return null;
        try
        {
            return JsonSerializer.Deserialize(payload, type) is IFleetPayload content
                && FleetRules.FaultOf(content) is null
                && payload.SequenceEqual(Bytes(content))
                ? content
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: text that is no UTF-8, or half of a surrogate pair.
            return null;
        }
    }

    /// <summary>
    /// The payload's bytes; null, and the member at fault or <see cref="TooLarge"/>, where other nodes would hold it
    /// inert.
    /// </summary>
    public static byte[]? Write(IFleetPayload payload, out string? fault)
    {
        fault = FleetRules.FaultOf(payload);
        if (fault is not null) return null;
        var bytes = Bytes(payload);
        if (bytes.Length <= Limits.PayloadBytesMax) return bytes;
        fault = TooLarge;
        return null;
    }

    internal static byte[] Bytes(object payload) => JsonSerializer.SerializeToUtf8Bytes(
        payload, FleetJson.Default.GetTypeInfo(payload.GetType()) ?? throw new UnreachableException());
}
