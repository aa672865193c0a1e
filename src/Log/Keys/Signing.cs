namespace Anarchive.Log;

/// <summary>An Ed25519 public key (RFC 8032), 32 bytes.</summary>
public readonly record struct PublicKey(Hash256 Value)
{
    public NodeId AsNodeId() => NodeId.Of(Value.ToArray());
}

/// <summary>Signs with this node's current key.</summary>
public interface ISigner
{
    PublicKey PublicKey { get; }

    /// <summary>Ed25519 signature (RFC 8032), 64 bytes.</summary>
    byte[] Sign(ReadOnlySpan<byte> message);
}

/// <summary>Checks Ed25519 signatures (RFC 8032). Safe to call from several threads.</summary>
public interface IVerifier
{
    bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}

/// <summary>Random bytes from outside: the system's in a node, a seed's in a simulation.</summary>
public interface IRandomSource
{
    void Fill(Span<byte> destination);
}
