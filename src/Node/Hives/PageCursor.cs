using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// The last item of a page: its place in the order and in the log. As text it is opaque and bound to one list, so that
/// nobody builds on its shape and a changed one is refused.
/// </summary>
internal readonly record struct PageCursor(long First, long Second, long Chain, long Seq) : IComparable<PageCursor>
{
    private const int ValueBytes = 32;
    private const int MacBytes = 8;

    /// <summary>The text for a list; <paramref name="list"/> names it and its order.</summary>
    public string Write(NodeSecret secret, string list)
    {
        Span<byte> bytes = stackalloc byte[ValueBytes + MacBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, First);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Second);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Chain);
        BinaryPrimitives.WriteInt64BigEndian(bytes[24..], Seq);
        Mac(secret, list, bytes[..ValueBytes], bytes[ValueBytes..]);
        return Base32.Encode(bytes);
    }

    /// <summary>False for text that this node did not write for this list.</summary>
    public static bool TryRead(NodeSecret secret, string list, string text, out PageCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[ValueBytes + MacBytes];
        if (!Base32.TryDecode(text, bytes)) return false;
        Span<byte> mac = stackalloc byte[MacBytes];
        Mac(secret, list, bytes[..ValueBytes], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[ValueBytes..])) return false;
        cursor = new PageCursor(
            BinaryPrimitives.ReadInt64BigEndian(bytes),
            BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[24..]));
        return true;
    }

    public int CompareTo(PageCursor other)
    {
        if (First != other.First) return First.CompareTo(other.First);
        if (Second != other.Second) return Second.CompareTo(other.Second);
        return Chain != other.Chain ? Chain.CompareTo(other.Chain) : Seq.CompareTo(other.Seq);
    }

    private static void Mac(NodeSecret secret, string list, ReadOnlySpan<byte> value, Span<byte> mac)
    {
        using var keyed = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Bytes.Span);
        keyed.AppendData("anarchive/v1/cursor\0"u8);
        keyed.AppendData(value);
        keyed.AppendData(Encoding.UTF8.GetBytes(list));
        Span<byte> whole = stackalloc byte[Hash256.Size];
        keyed.GetHashAndReset(whole);
        whole[..mac.Length].CopyTo(mac);
    }
}
