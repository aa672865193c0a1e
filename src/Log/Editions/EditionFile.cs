using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Log;

/// <summary>An edition as lines, one JSON object each; format: docs/protocol.md, "Editions".</summary>
/// <remarks>
/// First the cuts, then one line per event, last the <see cref="EditionSeal"/>. There is one spelling: what reads
/// otherwise than it would be written is refused. Lines are read and written one by one, so that no file is held
/// whole. They come here without their line feed.
/// </remarks>
public static class EditionFile
{
    private const int Version = 2;

    private static ReadOnlySpan<byte> BeforeHeader => "{\"header\":\""u8;

    private static ReadOnlySpan<byte> BeforeSalt => "\",\"salt\":\""u8;

    private static ReadOnlySpan<byte> BeforePayload => "\",\"payload\":\""u8;

    private static ReadOnlySpan<byte> AfterPayload => "\"}"u8;

    private static ReadOnlySpan<byte> AfterHollow => "\",\"salt\":null,\"payload\":null}"u8;

    public static byte[] Write(Edition edition) => JsonSerializer.SerializeToUtf8Bytes(
        new EditionHead(
            Version,
            edition.Group.ToString(),
            Base64UrlText.Encode(edition.StateRoot.ToArray()),
            [.. edition.Cuts.Select(Written)]),
        EditionJson.Default.EditionHead);

    public static void Write(Event e, IBufferWriter<byte> line)
    {
        line.Write(BeforeHeader);
        WriteBytes(e.Header.Bytes.Span, line);
        if (e.Payload is not { } payload)
        {
            line.Write(AfterHollow);
            return;
        }

        line.Write(BeforeSalt);
        WriteBytes(payload.Salt.Span, line);
        line.Write(BeforePayload);
        WriteBytes(payload.Bytes.Span, line);
        line.Write(AfterPayload);
    }

    /// <summary>The first line; null unless it is one in its one spelling.</summary>
    public static Edition? TryRead(ReadOnlySpan<byte> line)
    {
        if (Wire.TryRead(line, EditionJson.Default.EditionHead) is not { Edition: Version } head) return null;
        if (!GroupId.TryParse(head.Group, out var group)) return null;
        if (!Base64UrlText.TryDecode(head.StateRoot, out var root)) return null;
        var cuts = new List<EditionCut>(head.Vector.Count);
        foreach (var written in head.Vector)
        {
            if (TryReadCut(written) is not { } cut) return null;
            if (cuts.Count > 0 && cut.Chain.CompareTo(cuts[^1].Chain) <= 0) return null;
            cuts.Add(cut);
        }

        var edition = new Edition(group, cuts, root);
        return Write(edition).AsSpan().SequenceEqual(line) ? edition : null;
    }

    /// <summary>The header alone of an event's line; null where there is none.</summary>
    public static EventHeader? TryReadHeader(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(BeforeHeader)) return null;
        var header = line[BeforeHeader.Length..];
        var end = header.IndexOf((byte)'"');
        if (end < 0 || Decoded(header[..end]) > Limits.HeaderBytesMax) return null;
        var bytes = new byte[Decoded(header[..end])];
        return TryDecode(header[..end], bytes) ? EventHeader.TryRead(bytes, out _) : null;
    }

    /// <summary>An event's line; null unless it is one in its one spelling. No hash is checked.</summary>
    public static Event? TryReadEvent(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(BeforeHeader)) return null;
        line = line[BeforeHeader.Length..];
        var headerEnd = line.IndexOf((byte)'"');
        if (headerEnd < 0) return null;
        var header = line[..headerEnd];
        var rest = line[headerEnd..];
        if (rest.SequenceEqual(AfterHollow)) return Decode(header, [], [], isHollow: true);
        if (!rest.StartsWith(BeforeSalt)) return null;
        rest = rest[BeforeSalt.Length..];
        var saltEnd = rest.IndexOf((byte)'"');
        if (saltEnd < 0 || !rest[saltEnd..].StartsWith(BeforePayload) || !rest.EndsWith(AfterPayload)) return null;
        var salt = rest[..saltEnd];
        rest = rest[(saltEnd + BeforePayload.Length)..];
        return rest.Length < AfterPayload.Length
            ? null
            : Decode(header, salt, rest[..^AfterPayload.Length], isHollow: false);
    }

    /// <summary>One allocation holds header, salt and payload.</summary>
    private static Event? Decode(
        ReadOnlySpan<byte> header, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> payload, bool isHollow)
    {
        var (headerBytes, saltBytes, payloadBytes) = (Decoded(header), Decoded(salt), Decoded(payload));
        if (headerBytes > Limits.HeaderBytesMax || payloadBytes > Limits.PayloadBytesMax) return null;
        if (!isHollow && saltBytes != Limits.SaltBytes) return null;
        var bytes = new byte[headerBytes + saltBytes + payloadBytes];
        if (!TryDecode(header, bytes.AsSpan(0, headerBytes))
            || !TryDecode(salt, bytes.AsSpan(headerBytes, saltBytes))
            || !TryDecode(payload, bytes.AsSpan(headerBytes + saltBytes)))
            return null;
        if (EventHeader.TryRead(bytes.AsMemory(0, headerBytes), out _) is not { } read) return null;
        return isHollow
            ? new Event(read, null)
            : new Event(read, new Payload(
                bytes.AsMemory(headerBytes, saltBytes), bytes.AsMemory(headerBytes + saltBytes)));
    }

    private static int Decoded(ReadOnlySpan<byte> text) => text.Length * 3 / 4;

    /// <summary>False unless the text is canonical: nothing skipped, no bits left over.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        if (text.Length % 4 == 1) return false;
        var status = Base64Url.DecodeFromUtf8(text, bytes, out _, out var written);
        if (status != OperationStatus.Done || written != bytes.Length) return false;
        var tail = bytes[(bytes.Length / 3 * 3)..];
        Span<byte> again = stackalloc byte[4];
        return Base64Url.EncodeToUtf8(tail, again, out _, out var length) == OperationStatus.Done
            && text[^length..].SequenceEqual(again[..length]);
    }

    private static void WriteBytes(ReadOnlySpan<byte> bytes, IBufferWriter<byte> line)
    {
        var text = line.GetSpan(Base64Url.GetEncodedLength(bytes.Length));
        line.Advance(Base64Url.EncodeToUtf8(bytes, text));
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

    private static EditionChain Written(EditionCut cut) => new(
        cut.Chain.Origin.ToString(),
        cut.Chain.Incarnation.ToString(),
        cut.Head.Seq,
        Base64UrlText.Encode(cut.Head.Id.Value.ToArray()),
        Edition.Text(cut.Hlc));
}

/// <summary>First line of an edition.</summary>
internal sealed record EditionHead(int Edition, string Group, string StateRoot, IReadOnlyList<EditionChain> Vector);

/// <summary>One chain's cut; <paramref name="Hlc"/> as 16 hex digits.</summary>
internal sealed record EditionChain(string Origin, string Incarnation, long Seq, string Head, string Hlc);

/// <summary>Last line of an edition.</summary>
internal sealed record WrittenSeal(long Bytes, IReadOnlyList<string> Pieces, string Signature);

/// <summary>The lines of an edition that are few: strict.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    MaxDepth = Limits.PayloadDepthMax)]
[JsonSerializable(typeof(EditionHead))]
[JsonSerializable(typeof(WrittenSeal))]
internal sealed partial class EditionJson : JsonSerializerContext;
