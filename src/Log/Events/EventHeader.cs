using System.Buffers.Binary;

namespace Anarchive.Log;

/// <summary>What a writer decides about an event; the bytes follow from it.</summary>
public sealed record EventFields
{
    public required Kind Kind { get; init; }

    /// <summary>Zero in a genesis event, whose id is the group.</summary>
    public required GroupId Group { get; init; }

    public required ChainId Chain { get; init; }

    public required long Seq { get; init; }

    public required EventId Prev { get; init; }

    public required Hlc Hlc { get; init; }

    public required int PayloadLength { get; init; }

    public required Hash256 PayloadHash { get; init; }

    public IReadOnlyList<EventRef> Refs { get; init; } = [];
}

/// <summary>
/// An event's header: the exact bytes that are hashed, stored and sent, and what they say.
/// </summary>
/// <remarks>Layout: docs/protocol.md, "Header". Integers are unsigned and big-endian.</remarks>
public sealed class EventHeader
{
    public const byte Version = 1;

    private EventId _id;
    private volatile bool _idKnown;

    private EventHeader(ReadOnlyMemory<byte> bytes, Kind kind, EventRef[] refs)
    {
        var span = bytes.Span;
        Bytes = bytes;
        Kind = kind;
        Refs = refs;
        PayloadLength = (int)BinaryPrimitives.ReadUInt32BigEndian(span[4..]);
        Group = new GroupId(new Hash256(span[8..40]));
        Chain = new ChainId(
            new NodeId(new Hash256(span[40..72])),
            new Incarnation(BinaryPrimitives.ReadUInt64BigEndian(span[72..])));
        Seq = (long)BinaryPrimitives.ReadUInt64BigEndian(span[80..]);
        Prev = new EventId(new Hash256(span[88..120]));
        Hlc = new Hlc(BinaryPrimitives.ReadUInt64BigEndian(span[120..]));
        PayloadHash = new Hash256(span[128..160]);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public Kind Kind { get; }

    /// <summary>As written: zero in a genesis event.</summary>
    public GroupId Group { get; }

    public ChainId Chain { get; }

    public NodeId Origin => Chain.Origin;

    public long Seq { get; }

    public EventId Prev { get; }

    public Hlc Hlc { get; }

    public int PayloadLength { get; }

    public Hash256 PayloadHash { get; }

    public IReadOnlyList<EventRef> Refs { get; }

    /// <summary>Computed at first use: a relay that only passes bytes on needs no hash.</summary>
    public EventId Id
    {
        get
        {
            if (_idKnown) return _id;
            // Two threads may both compute it; they write the same value before either raises the flag.
            _id = EventId.Of(Bytes.Span);
            _idKnown = true;
            return _id;
        }
    }

    public bool IsGenesis => Group.Value.IsZero;

    /// <summary>The group this event belongs to: its own id for a genesis event.</summary>
    public GroupId EffectiveGroup => IsGenesis ? new GroupId(Id.Value) : Group;

    public EventRef Ref => new(Chain, Seq, Id.Prefix);

    /// <summary>
    /// Reads exact header bytes; keeps them. Null and a reason when they are not a header of this version.
    /// </summary>
    public static EventHeader? TryRead(ReadOnlyMemory<byte> bytes, out Refusal refusal)
    {
        var span = bytes.Span;
        refusal = Refusal.Malformed;
        if (span.Length < Limits.HeaderFixedBytes + 1) return null;
        if (span[0] != Version)
        {
            refusal = Refusal.UnsupportedVersion;
            return null;
        }

        var (kindLength, refCount) = (span[1], span[2]);
        if (span[3] != 0 || refCount > Limits.RefsMax) return null;
        if (span.Length != Limits.HeaderFixedBytes + kindLength + refCount * EventRef.Size) return null;
        if (!Kind.TryParse(span.Slice(Limits.HeaderFixedBytes, kindLength), out var kind)) return null;
        if (BinaryPrimitives.ReadUInt32BigEndian(span[4..]) > Limits.PayloadBytesMax)
        {
            refusal = Refusal.TooLarge;
            return null;
        }

        if (!IsSeq(BinaryPrimitives.ReadUInt64BigEndian(span[80..]))) return null;
        var refs = refCount == 0 ? [] : new EventRef[refCount];
        for (var i = 0; i < refCount; i++)
        {
            var at = span.Slice(Limits.HeaderFixedBytes + kindLength + i * EventRef.Size, EventRef.Size);
            var seq = BinaryPrimitives.ReadUInt64BigEndian(at[40..]);
            if (!IsSeq(seq)) return null;
            refs[i] = new EventRef(
                new ChainId(
                    new NodeId(new Hash256(at[..32])),
                    new Incarnation(BinaryPrimitives.ReadUInt64BigEndian(at[32..]))),
                (long)seq,
                BinaryPrimitives.ReadUInt64BigEndian(at[48..]));
        }

        refusal = Refusal.None;
        return new EventHeader(bytes, kind, refs);
    }

    /// <summary>Writes header bytes. Throws when the fields break a limit: our own events never do.</summary>
    public static EventHeader Write(EventFields fields)
    {
        var kind = fields.Kind.ToAscii();
        var bytes = new byte[Limits.HeaderFixedBytes + kind.Length + fields.Refs.Count * EventRef.Size];
        bytes[0] = Version;
        bytes[1] = (byte)kind.Length;
        bytes[2] = (byte)fields.Refs.Count;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)fields.PayloadLength);
        fields.Group.Value.CopyTo(bytes.AsSpan(8));
        fields.Chain.Origin.Value.CopyTo(bytes.AsSpan(40));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(72), fields.Chain.Incarnation.Value);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(80), (ulong)fields.Seq);
        fields.Prev.Value.CopyTo(bytes.AsSpan(88));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(120), fields.Hlc.Value);
        fields.PayloadHash.CopyTo(bytes.AsSpan(128));
        kind.CopyTo(bytes.AsSpan(Limits.HeaderFixedBytes));
        var at = Limits.HeaderFixedBytes + kind.Length;
        foreach (var target in fields.Refs)
        {
            target.Chain.Origin.Value.CopyTo(bytes.AsSpan(at));
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at + 32), target.Chain.Incarnation.Value);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at + 40), (ulong)target.Seq);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at + 48), target.IdPrefix);
            at += EventRef.Size;
        }

        return TryRead(bytes, out var refusal)
            ?? throw new InvalidOperationException($"An event of our own would be refused: {refusal.Code()}.");
    }

    private static bool IsSeq(ulong seq) => seq is > 0 and <= (ulong)Limits.SeqMax;
}
