using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Who this node is, how it signs, and the statements that prove its key. Safe from any thread.</summary>
public sealed class NodeKey : ISigner
{
    private readonly byte[] _nodeSecret;
    private volatile InForce _now;

    internal NodeKey(IReadOnlyList<KeyStatement> statements, byte[] secretKey, PublicKey publicKey, byte[] nodeSecret)
    {
        _nodeSecret = nodeSecret;
        _now = new InForce(statements, secretKey, publicKey);
        if (!Base64UrlText.TryDecode(statements[0].PublicKey, out var first))
            throw new InvalidOperationException("A key statement of our own is damaged.");
        NodeId = new PublicKey(first).AsNodeId();
    }

    /// <summary>It never changes, whatever becomes of the key.</summary>
    public NodeId NodeId { get; }

    public PublicKey PublicKey => _now.Public;

    /// <summary>From the first key to the one in force.</summary>
    public IReadOnlyList<KeyStatement> Statements => _now.Statements;

    /// <summary>32 bytes that never leave this node; vote pseudonyms derive from them.</summary>
    public ReadOnlySpan<byte> NodeSecret => _nodeSecret;

    public byte[] Sign(ReadOnlySpan<byte> message) => Sodium.Sign(message, _now.Secret);

    // Keys end up in logs and messages by way of ToString.
    public override string ToString() => NodeId.ToString();

    /// <summary>Signs with another key of the same node from now on; it is on disk already.</summary>
    internal void Become(NodeKey next)
    {
        if (next.NodeId != NodeId) throw new InvalidOperationException("A node never becomes another.");
        _now = next._now;
    }

    private sealed record InForce(IReadOnlyList<KeyStatement> Statements, byte[] Secret, PublicKey Public);
}
