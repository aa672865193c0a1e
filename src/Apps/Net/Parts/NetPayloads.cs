using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Log;
using Anarchive.Rings;

namespace Anarchive.Net;

/// <summary>Reads and writes the payloads of Net.</summary>
/// <remarks>
/// Payloads are canonical: what is read must be, byte for byte, what this program would write. Equal facts then have
/// equal bytes, and neither a null, a space nor another form of a number carries anything past the schema.
/// </remarks>
public sealed class NetPayloads : IPayloadSchema
{
    /// <summary>An observation other than a theme.</summary>
    public const int BytesMax = 4 * 1024;

    public const int ThemeBytesMax = 8 * 1024;

    /// <summary>A manifest of as many chains as an edition may end.</summary>
    public const int EditionBytesMax = Limits.PayloadBytesMax;

    public object? Read(Kind kind, ReadOnlySpan<byte> payload) => ReadPayload(kind, payload);

    /// <summary>An observation that was taken back is erased: it comes without its payload.</summary>
    public bool RequiresPayload(Kind kind) => NetApp.Kinds.Contains(kind) && !IsObservation(kind);

    /// <summary>True for kinds whose payload is an <see cref="IObservation"/>.</summary>
    public static bool IsObservation(Kind kind) =>
        kind == NetApp.MarkerObserved || kind == NetApp.ThemeObserved || kind == NetApp.GroupingObserved
        || kind == NetApp.QualityObserved || kind == NetApp.HintObserved;

    /// <summary>The kind of the event that carries an observation.</summary>
    public static Kind KindOf(IObservation observed) => observed switch
    {
        MarkerObserved => NetApp.MarkerObserved,
        ThemeObserved => NetApp.ThemeObserved,
        GroupingObserved => NetApp.GroupingObserved,
        QualityObserved => NetApp.QualityObserved,
        _ => NetApp.HintObserved,
    };

    /// <summary>
    /// An observation in any spelling of its JSON, for programs of this node; null where it breaks the schema. Its
    /// rules are checked as it is written.
    /// </summary>
    public static IObservation? Parse(Kind kind, ReadOnlySpan<byte> json)
    {
        try
        {
            return Deserialize(kind, json) as IObservation;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>An observation or a merged quality as a JSON document.</summary>
    public static JsonElement Element(object content) => JsonSerializer.SerializeToElement(content, TypeOf(content));

    /// <summary>The content; null for another application's kind, and for a payload that breaks a rule.</summary>
    public static object? ReadPayload(Kind kind, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > BytesMaxOf(kind)) return null;
        try
        {
            var content = Deserialize(kind, payload);
            return content switch
            {
                IObservation observed when NetRules.FaultOf(observed) is not null => null,
                ObservationRetracted retracted when !IsSound(retracted) => null,
                PartEdition edition when EditionRules.FaultOf(edition) is not null => null,
                null => null,
                _ => payload.SequenceEqual(Bytes(content)) ? content : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: text that is no UTF-8, or half of a surrogate pair.
            return null;
        }
    }

    /// <summary>The payload's bytes; null, and the member at fault, where other nodes would hold it inert.</summary>
    /// <param name="keys">What the observation names: only keys that may leave this node.</param>
    /// <exception cref="ArgumentException">It names other keys than those.</exception>
    public static byte[]? Write(IObservation observed, IReadOnlyList<DisclosableKey> keys, out string? fault)
    {
        if (!observed.Key.SequenceEqual(keys.Select(k => k.Text)))
            throw new ArgumentException("An observation names the keys that were let out, and no other.", nameof(keys));
        fault = NetRules.FaultOf(observed);
        return fault is null ? Bytes(observed) : null;
    }

    public static byte[] Write(ObservationRetracted retracted) => Bytes(retracted);

    /// <summary>The manifest's bytes; null, and the member at fault, where other nodes would hold it inert.</summary>
    public static byte[]? Write(PartEdition edition, out string? fault)
    {
        fault = EditionRules.FaultOf(edition);
        return fault is null ? Bytes(edition) : null;
    }

    /// <summary>The bytes of an observation that was read, or of one that is to be looked at here.</summary>
    internal static byte[] Bytes(object content) => JsonSerializer.SerializeToUtf8Bytes(content, TypeOf(content));

    private static int BytesMaxOf(Kind kind)
    {
        if (kind == NetApp.PartEditionPublished) return EditionBytesMax;
        return kind == NetApp.ThemeObserved ? ThemeBytesMax : BytesMax;
    }

    private static bool IsSound(ObservationRetracted retracted) =>
        retracted.V == NetRules.Version && NetApp.Parts.Contains(retracted.Part);

    private static object? Deserialize(Kind kind, ReadOnlySpan<byte> payload) => kind.Name switch
    {
        "marker_observed" => JsonSerializer.Deserialize(payload, NetJson.Default.MarkerObserved),
        "theme_observed" => JsonSerializer.Deserialize(payload, NetJson.Default.ThemeObserved),
        "grouping_observed" => JsonSerializer.Deserialize(payload, NetJson.Default.GroupingObserved),
        "quality_observed" => JsonSerializer.Deserialize(payload, NetJson.Default.QualityObserved),
        "hint_observed" => JsonSerializer.Deserialize(payload, NetJson.Default.HintObserved),
        "observation_retracted" => JsonSerializer.Deserialize(payload, NetJson.Default.ObservationRetracted),
        "part_edition_published" => JsonSerializer.Deserialize(payload, NetJson.Default.PartEdition),
        _ => null,
    };

    private static JsonTypeInfo TypeOf(object content) =>
        NetJson.Default.GetTypeInfo(content.GetType()) ?? throw new UnreachableException();
}
