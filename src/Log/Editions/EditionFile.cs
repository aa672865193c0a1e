using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Anarchive.Log;

/// <summary>An edition as a file: one JSON object per line; format: docs/protocol.md, "Editions".</summary>
/// <remarks>
/// First the cuts, then one line per event, last the signature. The hash that names an edition covers every line but
/// the last. There is one spelling: what reads otherwise than it would be written is refused.
/// </remarks>
public static class EditionFile
{
    private const int Version = 1;
    private const int SignatureBytes = 64;

    /// <summary>All lines but the last: what the hash covers.</summary>
    public static byte[] Write(Edition edition)
    {
        var lines = new ArrayBufferWriter<byte>();
        Line(lines, new EditionHead(
            Version,
            edition.Group.ToString(),
            Base64UrlText.Encode(edition.StateRoot.ToArray()),
            [.. edition.Cuts.Select(Written)]), EditionJson.Default.EditionHead);
        foreach (var e in edition.Events) Line(lines, Written(e), EditionJson.Default.EditionEvent);
        return lines.WrittenSpan.ToArray();
    }

    /// <summary>The whole file: the lines and the owner's signature.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> signature)
    {
        var file = new ArrayBufferWriter<byte>(lines.Length + 128);
        file.Write(lines);
        Line(file, new EditionSeal(Base64UrlText.Encode(signature)), EditionJson.Default.EditionSeal);
        return file.WrittenSpan.ToArray();
    }

    /// <summary>Null unless the bytes are exactly one edition. No hash or signature is checked yet.</summary>
    internal static (Edition Edition, Hash256 File, byte[] Signature)? TryRead(ReadOnlyMemory<byte> file)
    {
        if (file.Length == 0 || file.Length > Limits.EditionBytesMax || file.Span[^1] != (byte)'\n') return null;
        var lines = file[..(file.Span[..^1].LastIndexOf((byte)'\n') + 1)];
        if (Wire.TryRead(file.Span[lines.Length..^1], EditionJson.Default.EditionSeal) is not { } seal) return null;
        if (!Base64UrlText.TryDecode(seal.Signature, SignatureBytes, out var signature)) return null;
        if (TryReadLines(lines) is not { } edition) return null;
        var same = Write(edition).AsSpan().SequenceEqual(lines.Span)
            && Seal(lines.Span, signature).AsSpan().SequenceEqual(file.Span);
        return same ? (edition, Hash256.Sha256(lines.Span), signature) : null;
    }

    private static Edition? TryReadLines(ReadOnlyMemory<byte> lines)
    {
        if (Next(ref lines, EditionJson.Default.EditionHead) is not { Edition: Version } head) return null;
        if (!GroupId.TryParse(head.Group, out var group)) return null;
        if (!Base64UrlText.TryDecode(head.StateRoot, out var root)) return null;
        var cuts = new List<EditionCut>(head.Vector.Count);
        foreach (var written in head.Vector)
        {
            if (TryReadCut(written) is not { } cut) return null;
            if (cuts.Count > 0 && cut.Chain.CompareTo(cuts[^1].Chain) <= 0) return null;
            cuts.Add(cut);
        }

        var events = new List<Event>();
        while (!lines.IsEmpty)
        {
            if (Next(ref lines, EditionJson.Default.EditionEvent) is not { } line) return null;
            if (TryReadEvent(line) is not { } e) return null;
            events.Add(e);
        }

        return new Edition(group, cuts, root, events);
    }

    private static EditionCut? TryReadCut(EditionChain? written)
    {
        // The serializer lets a null stand in a list.
        if (written is null || Wire.TryReadChain(written.Origin, written.Incarnation) is not { } chain) return null;
        if (written.Seq is < 1 or > Limits.SeqMax || !Base64UrlText.TryDecode(written.Head, out var id)) return null;
        if (written.Hlc.Length != 16) return null;
        return ulong.TryParse(written.Hlc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hlc)
            ? new EditionCut(chain, new Head(written.Seq, new EventId(id)), new Hlc(hlc))
            : null;
    }

    private static Event? TryReadEvent(EditionEvent line)
    {
        if (Base64UrlText.Decode(line.Header) is not { } bytes) return null;
        if (EventHeader.TryRead(bytes, out _) is not { } header) return null;
        if (line.Salt is null && line.Payload is null) return new Event(header, null);
        if (line.Payload is null || Base64UrlText.Decode(line.Payload) is not { } payload) return null;
        return Base64UrlText.TryDecode(line.Salt, Limits.SaltBytes, out var salt)
            ? new Event(header, new Payload(salt, payload))
            : null;
    }

    private static EditionChain Written(EditionCut cut) => new(
        cut.Chain.Origin.ToString(),
        cut.Chain.Incarnation.ToString(),
        cut.Head.Seq,
        Base64UrlText.Encode(cut.Head.Id.Value.ToArray()),
        Edition.Text(cut.Hlc));

    private static EditionEvent Written(Event e) => new(
        Base64UrlText.Encode(e.Header.Bytes.Span),
        e.Payload is { } salted ? Base64UrlText.Encode(salted.Salt.Span) : null,
        e.Payload is { } payload ? Base64UrlText.Encode(payload.Bytes.Span) : null);

    private static void Line<T>(ArrayBufferWriter<byte> lines, T value, JsonTypeInfo<T> type)
    {
        lines.Write(JsonSerializer.SerializeToUtf8Bytes(value, type));
        lines.Write("\n"u8);
    }

    private static T? Next<T>(ref ReadOnlyMemory<byte> lines, JsonTypeInfo<T> type)
        where T : class
    {
        var end = lines.Span.IndexOf((byte)'\n');
        if (end < 0) return null;
        var line = lines[..end];
        lines = lines[(end + 1)..];
        return Wire.TryRead(line.Span, type);
    }
}

/// <summary>First line of an edition.</summary>
internal sealed record EditionHead(int Edition, string Group, string StateRoot, IReadOnlyList<EditionChain> Vector);

/// <summary>One chain's cut; <paramref name="Hlc"/> as 16 hex digits.</summary>
internal sealed record EditionChain(string Origin, string Incarnation, long Seq, string Head, string Hlc);

/// <summary>One event; salt and payload are null where it is hollow.</summary>
internal sealed record EditionEvent(string Header, string? Salt, string? Payload);

/// <summary>Last line of an edition.</summary>
internal sealed record EditionSeal(string Signature);

/// <summary>The lines of an edition: strict.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    MaxDepth = Limits.PayloadDepthMax)]
[JsonSerializable(typeof(EditionHead))]
[JsonSerializable(typeof(EditionEvent))]
[JsonSerializable(typeof(EditionSeal))]
internal sealed partial class EditionJson : JsonSerializerContext;
