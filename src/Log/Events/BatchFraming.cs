using System.Buffers;
using System.Buffers.Binary;

namespace Anarchive.Log;

/// <summary>The binary form of batches, <c>application/vnd.anarchive.events</c>.</summary>
/// <remarks>
/// <c>"ANE1" | u32 bytes that follow | u16 count | u16 zero | records | signature 64</c>;
/// <c>record = u8 has_payload | u16 header length | header | [salt 16 | payload]</c>.
/// Format: docs/protocol.md, "Framing".
/// </remarks>
public static class BatchFraming
{
    public const int PrefixBytes = 8;
    public const int SignatureBytes = 64;
    private const int FixedBytes = 4 + SignatureBytes;

    public static ReadOnlySpan<byte> Magic => "ANE1"u8;

    public static int FramedBytes(Batch batch)
    {
        var total = PrefixBytes + FixedBytes;
        foreach (var e in batch.Events) total += e.FramedBytes;
        return total;
    }

    public static void Write(Batch batch, IBufferWriter<byte> output)
    {
        var size = FramedBytes(batch);
        var span = output.GetSpan(size)[..size];
        Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], (uint)(size - PrefixBytes));
        BinaryPrimitives.WriteUInt16BigEndian(span[8..], (ushort)batch.Events.Count);
        BinaryPrimitives.WriteUInt16BigEndian(span[10..], 0);
        var at = 12;
        foreach (var e in batch.Events)
        {
            var header = e.Header.Bytes.Span;
            span[at] = e.IsHollow ? (byte)0 : (byte)1;
            BinaryPrimitives.WriteUInt16BigEndian(span[(at + 1)..], (ushort)header.Length);
            header.CopyTo(span[(at + 3)..]);
            at += 3 + header.Length;
            if (e.Payload is not { } payload) continue;
            payload.Salt.Span.CopyTo(span[at..]);
            payload.Bytes.Span.CopyTo(span[(at + Limits.SaltBytes)..]);
            at += Limits.SaltBytes + payload.Bytes.Length;
        }

        batch.Signature.Span.CopyTo(span[at..]);
        output.Advance(size);
    }

    /// <summary>
    /// Bytes of the frame at the start of <paramref name="prefix"/> (at least 8 bytes), or a refusal:
    /// <see cref="Refusal.Malformed"/> without the magic, <see cref="Refusal.TooLarge"/> past a batch's bytes.
    /// </summary>
    public static int FrameLength(ReadOnlySpan<byte> prefix, out Refusal refusal)
    {
        refusal = Refusal.Malformed;
        if (prefix.Length < PrefixBytes || !prefix[..4].SequenceEqual(Magic)) return 0;
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[4..]);
        if (length < FixedBytes) return 0;
        if (length > Limits.BatchBytesMax)
        {
            refusal = Refusal.TooLarge;
            return 0;
        }

        refusal = Refusal.None;
        return PrefixBytes + (int)length;
    }

    /// <summary>Reads one whole frame, magic included. The batch keeps slices of <paramref name="frame"/>.</summary>
    public static Batch? TryRead(ReadOnlyMemory<byte> frame, out Refusal refusal)
    {
        var length = FrameLength(frame.Span, out refusal);
        if (refusal != Refusal.None) return null;
        refusal = Refusal.Malformed;
        if (length != frame.Length) return null;
        var count = BinaryPrimitives.ReadUInt16BigEndian(frame.Span[8..]);
        if (count == 0 || BinaryPrimitives.ReadUInt16BigEndian(frame.Span[10..]) != 0) return null;
        if (count > Limits.BatchEventsMax)
        {
            refusal = Refusal.TooLarge;
            return null;
        }

        var records = frame[12..^SignatureBytes];
        var events = new Event[count];
        for (var i = 0; i < count; i++)
        {
            if (ReadRecord(ref records, out refusal) is not { } read) return null;
            events[i] = read;
        }

        refusal = records.IsEmpty ? Refusal.None : Refusal.Malformed;
        return records.IsEmpty ? new Batch(events, frame[^SignatureBytes..]) : null;
    }

    private static Event? ReadRecord(ref ReadOnlyMemory<byte> records, out Refusal refusal)
    {
        refusal = Refusal.Malformed;
        if (records.Length < 3 || records.Span[0] > 1) return null;
        var hasPayload = records.Span[0] == 1;
        var headerLength = BinaryPrimitives.ReadUInt16BigEndian(records.Span[1..]);
        if (records.Length < 3 + headerLength) return null;
        if (EventHeader.TryRead(records.Slice(3, headerLength), out refusal) is not { } header) return null;
        refusal = Refusal.Malformed;
        records = records[(3 + headerLength)..];
        if (!hasPayload)
        {
            refusal = Refusal.None;
            return new Event(header, null);
        }

        if (records.Length < Limits.SaltBytes + header.PayloadLength) return null;
        var payload = new Payload(
            records[..Limits.SaltBytes],
            records.Slice(Limits.SaltBytes, header.PayloadLength));
        records = records[(Limits.SaltBytes + header.PayloadLength)..];
        refusal = Refusal.None;
        return new Event(header, payload);
    }
}
