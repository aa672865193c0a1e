using System.Buffers.Binary;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What one event says about one register. Of several with one key the last by order stands.</summary>
/// <param name="Key">Its kind and what it is about; layout: docs/events.md, "Registers of a fleet".</param>
/// <param name="Order">Of rank 0: whose word counts is judged as registers are read, since it may change.</param>
/// <param name="Value">As its kind has it.</param>
public sealed record RegisterWrite(byte[] Key, OwnerFirst Order, ReadOnlyMemory<byte> Value)
{
    public const int OrderBytes = 56;

    /// <summary>True where the payload of a word that is not the last is erased.</summary>
    public bool IsErasedOnceReplaced => IsErased(Key);

    /// <summary>The same of a key alone.</summary>
    internal static bool IsErased(ReadOnlySpan<byte> key) => key is [(byte)RegisterKind.Viewing, ..];

    /// <summary>The order's bytes, which compare as it does: hlc, origin, seq, incarnation; big-endian.</summary>
    public byte[] OrderKey()
    {
        var bytes = new byte[OrderBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Order.Hlc.Value);
        Order.Origin.Value.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(40), Order.Seq);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(48), Order.Incarnation.Value);
        return bytes;
    }

    /// <summary>Reads what <see cref="OrderKey"/> wrote.</summary>
    public static OwnerFirst ReadOrder(ReadOnlySpan<byte> bytes) => new(
        0,
        new Hlc(BinaryPrimitives.ReadUInt64BigEndian(bytes)),
        new NodeId(new Hash256(bytes[8..40])),
        BinaryPrimitives.ReadInt64BigEndian(bytes[40..]),
        new Incarnation(BinaryPrimitives.ReadUInt64BigEndian(bytes[48..])));
}

/// <summary>The first byte of a register's key. What others are judged by comes first.</summary>
internal enum RegisterKind : byte
{
    /// <summary>A node's newest chain, by the event that opened it.</summary>
    Chain = 1,

    /// <summary>Who first declared a device that runs no node.</summary>
    Founded = 2,
    Declared = 3,
    Volume = 4,

    /// <summary>An act that needs a rank, one register each.</summary>
    Act = 5,
    Described = 6,
    Holding = 7,
    Challenge = 8,

    /// <summary>The last challenge that failed.</summary>
    Failure = 9,
    Pin = 10,
    Probe = 11,
    Release = 12,
    ReleaseEnd = 13,
    Lock = 14,
    Baton = 15,
    Torrent = 16,

    /// <summary>How far somebody came in an item. What a later word replaces is erased.</summary>
    Viewing = 17,
}
