using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Anarchive.Log;

/// <summary>Between wire messages and what they mean. What reads untrusted text returns null when refused.</summary>
public static class Wire
{
    /// <summary>Null when the bytes are not exactly one such message.</summary>
    public static T? TryRead<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            // The serializer checks members for null, not the elements of a list.
            return HasNullElement(utf8) ? null : JsonSerializer.Deserialize(utf8, type);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (NotSupportedException)
        {
            // A polymorphic message without its discriminator.
            return null;
        }
    }

    public static WireHead Head(ChainId chain, Head head) => new(
        chain.Origin.ToString(), chain.Incarnation.ToString(), head.Seq, Base64UrlText.Encode(head.Id.Value.ToArray()));

    public static IReadOnlyList<WireHead> Heads(IEnumerable<KeyValuePair<ChainId, Head>> heads) =>
        [.. heads.Select(h => Head(h.Key, h.Value))];

    /// <summary>The heads, each chain at most once; null when any is malformed.</summary>
    public static IReadOnlyList<KeyValuePair<ChainId, Head>>? TryReadHeads(IReadOnlyList<WireHead> heads)
    {
        var read = new List<KeyValuePair<ChainId, Head>>(heads.Count);
        var seen = new HashSet<ChainId>();
        foreach (var head in heads)
        {
            // The serializer lets a null stand in a list.
            if (head is null) return null;
            if (TryReadChain(head.Origin, head.Incarnation) is not { } chain || !seen.Add(chain)) return null;
            if (head.Seq is < 0 or > Limits.SeqMax || !Base64UrlText.TryDecode(head.Head, out var hash)) return null;
            if (head.Seq == 0 != hash.IsZero) return null;
            read.Add(new(chain, new Head(head.Seq, new EventId(hash))));
        }

        return read;
    }

    public static ChainId? TryReadChain(string? origin, string? incarnation) =>
        NodeId.TryParse(origin, out var node) && Incarnation.TryParse(incarnation, out var which)
            ? new ChainId(node, which)
            : null;

    /// <summary><c>{origin}.{incarnation}.{seq}</c>: a want, an <c>only</c> or a place that is waited for.</summary>
    public static string Place(ChainId chain, long seq) =>
        string.Create(CultureInfo.InvariantCulture, $"{chain.Origin}.{chain.Incarnation}.{seq}");

    public static (ChainId Chain, long Seq)? TryReadPlace(string? text)
    {
        var parts = text?.Split('.');
        if (parts is not { Length: 3 } || TryReadChain(parts[0], parts[1]) is not { } chain) return null;
        return TryReadNumber(parts[2]) is { } seq ? (chain, seq) : null;
    }

    /// <summary>A number from 0 to 2^53 − 1 in its shortest decimal spelling.</summary>
    public static long? TryReadNumber(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number <= Limits.SeqMax && text == number.ToString(CultureInfo.InvariantCulture)
            ? number
            : null;

    public static string Waits(Wait wait) => wait switch
    {
        Wait.ForEvent e => Place(e.Chain, e.Seq),
        Wait.ForClock c => string.Create(CultureInfo.InvariantCulture, $"clock.{c.UnixMs}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Null when the payload is not UTF-8: such a batch has no JSON form.</summary>
    public static WireBatch? ToJson(Batch batch)
    {
        var events = new List<WireEvent>(batch.Events.Count);
        foreach (var e in batch.Events)
        {
            var header = Base64UrlText.Encode(e.Header.Bytes.Span);
            if (e.Payload is not { } payload)
            {
                events.Add(new WireEvent(header, null, null));
                continue;
            }

            if (!System.Text.Unicode.Utf8.IsValid(payload.Bytes.Span)) return null;
            events.Add(new WireEvent(
                header, Base64UrlText.Encode(payload.Salt.Span), Encoding.UTF8.GetString(payload.Bytes.Span)));
        }

        return new WireBatch(events, Base64UrlText.Encode(batch.Signature.Span));
    }

    /// <summary>The batch a JSON form stands for; null and a reason otherwise.</summary>
    public static Batch? FromJson(WireBatch json, out Refusal refusal)
    {
        refusal = json.Events.Count > Limits.BatchEventsMax ? Refusal.TooLarge : Refusal.Malformed;
        if (json.Events.Count is 0 or > Limits.BatchEventsMax) return null;
        if (!Base64UrlText.TryDecode(json.Signature, BatchFraming.SignatureBytes, out var signature)) return null;
        var events = new List<Event>(json.Events.Count);
        foreach (var e in json.Events)
        {
            refusal = Refusal.Malformed;
            if (Base64UrlText.Decode(e.Header) is not { } bytes) return null;
            if (EventHeader.TryRead(bytes, out refusal) is not { } header) return null;
            refusal = Refusal.Malformed;
            if (e.Salt is null != e.Payload is null) return null;
            if (e.Payload is null)
            {
                events.Add(new Event(header, null));
                continue;
            }

            var payload = Encoding.UTF8.GetBytes(e.Payload);
            if (payload.Length != header.PayloadLength) return null;
            if (!Base64UrlText.TryDecode(e.Salt, Limits.SaltBytes, out var salt)) return null;
            events.Add(new Event(header, new Payload(salt, payload)));
        }

        var batch = new Batch(events, signature);
        refusal = BatchFraming.FramedBytes(batch) - BatchFraming.PrefixBytes > Limits.BatchBytesMax
            ? Refusal.TooLarge
            : Refusal.None;
        return refusal == Refusal.None ? batch : null;
    }

    private static bool HasNullElement(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Limits.PayloadDepthMax });
        var before = JsonTokenType.None;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null && before != JsonTokenType.PropertyName) return true;
            before = reader.TokenType;
        }

        return false;
    }
}
