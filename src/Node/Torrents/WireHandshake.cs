using System.Security.Cryptography;

namespace Anarchive.Node;

/// <summary>The first 68 bytes that two torrent clients say to each other (BEP 3).</summary>
internal static class WireHandshake
{
    public const int Bytes = 68;
    public const int ReservedBytes = 8;

    private const int ReservedAt = 20;
    private const int HashAt = ReservedAt + ReservedBytes;
    private const int PeerIdAt = HashAt + Hash160.Size;
    private const int PeerIdBytes = 20;

    // Of the last reserved byte: the Fast extension (BEP 6).
    private const byte Fast = 0x04;

    private static ReadOnlySpan<byte> Protocol => "\u0013BitTorrent protocol"u8;

    private static ReadOnlySpan<byte> PeerIdPrefix => "-AN0001-"u8;

    /// <summary>A handshake under a peer id of our own, random but for its prefix (BEP 20).</summary>
    public static byte[] Write(ReadOnlySpan<byte> reserved, Hash160 ih)
    {
        var bytes = new byte[Bytes];
        Protocol.CopyTo(bytes);
        reserved.CopyTo(bytes.AsSpan(ReservedAt, ReservedBytes));
        ih.ToArray().CopyTo(bytes, HashAt);
        PeerIdPrefix.CopyTo(bytes.AsSpan(PeerIdAt));
        RandomNumberGenerator.Fill(bytes.AsSpan(PeerIdAt + PeerIdPrefix.Length, PeerIdBytes - PeerIdPrefix.Length));
        return bytes;
    }

    /// <summary>What the other end can do; null where it speaks another protocol or of another torrent.</summary>
    public static byte[]? TryRead(ReadOnlySpan<byte> bytes, Hash160 ih) =>
        bytes.Length == Bytes && bytes.StartsWith(Protocol)
        && new Hash160(bytes.Slice(HashAt, Hash160.Size)) == ih
            ? bytes.Slice(ReservedAt, ReservedBytes).ToArray()
            : null;

    /// <summary>
    /// What both ends can do, and may: the Fast extension. Not DHT (BEP 5), and not extension messages (BEP 10), in
    /// which clients tell their own addresses and ports.
    /// </summary>
    public static byte[] Common(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        var common = new byte[ReservedBytes];
        common[^1] = (byte)(ours[^1] & theirs[^1] & Fast);
        return common;
    }
}
