using System.Buffers.Binary;
using System.Text;

namespace Anarchive.Log;

/// <summary>Where a node says it can be reached, signed by that node, so that others may pass it on.</summary>
/// <remarks>
/// <c>u8 version 1 | NodeId 32 | first public key 32 | u64 expires, Unix milliseconds | u8 length | endpoint, ASCII |
/// signature 64</c>; the signature covers domain ‖ everything before it. It only suggests an address: a handshake
/// proves who answers there before anything is shared.
/// </remarks>
public sealed class PeerRecord
{
    /// <summary>How long a node vouches for its own address.</summary>
    public const long LifetimeMs = 24L * 3600 * 1000;

    /// <summary>Records one peer may send at once.</summary>
    public const int PerHeartbeatMax = 64;

    /// <summary>Hops a record may travel from the node that was told by hand.</summary>
    public const int TtlManual = 2;

    /// <summary>Never accepted above.</summary>
    public const int TtlMax = 3;

    private const int FixedBytes = 1 + 32 + 32 + 8 + 1;
    private const int SignatureBytes = 64;

    private PeerRecord(NodeId node, Endpoint endpoint, long expiresMs, ReadOnlyMemory<byte> bytes) =>
        (Node, Endpoint, ExpiresMs, Bytes) = (node, endpoint, expiresMs, bytes);

    public NodeId Node { get; }

    public Endpoint Endpoint { get; }

    public long ExpiresMs { get; }

    /// <summary>As signed and sent.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>A record of this node; <paramref name="signer"/> holds its first key.</summary>
    public static PeerRecord Sign(Endpoint endpoint, long expiresMs, ISigner signer)
    {
        var address = Encoding.ASCII.GetBytes(endpoint.ToString());
        var body = new byte[FixedBytes + address.Length];
        var node = signer.PublicKey.AsNodeId();
        body[0] = 1;
        node.Value.CopyTo(body.AsSpan(1));
        signer.PublicKey.Value.CopyTo(body.AsSpan(33));
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(65), expiresMs);
        body[73] = (byte)address.Length;
        address.CopyTo(body, FixedBytes);
        byte[] bytes = [.. body, .. signer.Sign([.. Domains.PeerRecord, .. body])];
        return new PeerRecord(node, endpoint, expiresMs, bytes);
    }

    /// <summary>Null when malformed, past its time, valid for longer than allowed, or not signed by its node.</summary>
    public static PeerRecord? TryRead(ReadOnlyMemory<byte> bytes, long nowMs, IVerifier verifier)
    {
        if (Reread(bytes, nowMs) is not { } record) return null;
        var key = new PublicKey(new Hash256(bytes.Span[33..65]));
        return verifier.Verify(
            key, [.. Domains.PeerRecord, .. bytes.Span[..^SignatureBytes]], bytes.Span[^SignatureBytes..])
            ? record
            : null;
    }

    /// <summary>As above for a record whose signature was verified before it was kept.</summary>
    public static PeerRecord? Reread(ReadOnlyMemory<byte> bytes, long nowMs)
    {
        var span = bytes.Span;
        if (span.Length < FixedBytes + SignatureBytes || span[0] != 1) return null;
        if (span.Length != FixedBytes + span[73] + SignatureBytes) return null;
        var body = span[..^SignatureBytes];
        var (node, key) = (new NodeId(new Hash256(span[1..33])), new PublicKey(new Hash256(span[33..65])));
        var expires = BinaryPrimitives.ReadInt64BigEndian(span[65..]);
        if (expires <= nowMs || expires > nowMs + LifetimeMs + Limits.ClockAheadMsMax) return null;
        if (Endpoint.TryParse(Encoding.Latin1.GetString(body[FixedBytes..])) is not { } endpoint) return null;
        return key.AsNodeId() == node ? new PeerRecord(node, endpoint, expires, bytes) : null;
    }
}
