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
    public static byte[] Signed(LockRequest request, LockAnswer answer) => new ByteWriter()
        .Add(Domains.Lock).Add(answer.Holder.Value).Add(request.Releaser.Value).Add(answer.Intent)
        .Add(request.Item.Value).Add(answer.Ask).Add(Encoding.ASCII.GetBytes(answer.Code ?? "")).ToArray();

    public static byte[] Of(EventRef intent) => new ByteWriter().Add(intent).ToArray();

    /// <summary>Null unless it is 56 bytes.</summary>
    public static EventRef? TryRead(ReadOnlySpan<byte> bytes) =>
        bytes.Length == EventRef.Size ? new ByteReader(bytes).Ref() : null;
}
