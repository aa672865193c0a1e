using System.Buffers.Binary;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What a holder signs of its answer, and how an intent is spelled in messages and rows.</summary>
/// <remarks>
/// Signed is <c>domain ‖ holder NodeId 32 | releaser NodeId 32 | intent 56 | item 32 | u64 ask | code</c>; an intent is
/// <c>origin 32 | u64 incarnation | i64 seq | first 8 bytes of the id</c>; the code is empty for a lock.
/// </remarks>
public static class LockBytes
{
    public static byte[] Signed(LockRequest request, LockAnswer answer)
    {
        Span<byte> ask = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(ask, answer.Ask);
        return
        [
            .. Domains.Lock, .. answer.Holder.Value.ToArray(), .. request.Releaser.Value.ToArray(),
            .. Of(answer.Intent), .. request.Item.Value.ToArray(), .. ask,
            .. Encoding.ASCII.GetBytes(answer.Code ?? ""),
        ];
    }

    public static byte[] Of(EventRef intent)
    {
        var bytes = new byte[EventRef.Size];
        intent.Chain.Origin.Value.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(32), intent.Chain.Incarnation.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(40), intent.Seq);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(48), intent.IdPrefix);
        return bytes;
    }

    /// <summary>Null unless it is 56 bytes.</summary>
    public static EventRef? TryRead(ReadOnlySpan<byte> bytes) => bytes.Length != EventRef.Size
        ? null
        : new EventRef(
            new ChainId(
                new NodeId(new Hash256(bytes[..32])),
                new Incarnation(BinaryPrimitives.ReadUInt64BigEndian(bytes[32..]))),
            BinaryPrimitives.ReadInt64BigEndian(bytes[40..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[48..]));
}
