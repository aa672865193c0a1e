using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Who this node is, how it signs, and the statements that prove its key. Safe from any thread.</summary>
public sealed class NodeKey : ISigner
{
    private readonly byte[] _secretKey;
    private readonly byte[] _nodeSecret;

    internal NodeKey(IReadOnlyList<KeyStatement> statements, byte[] secretKey, PublicKey publicKey, byte[] nodeSecret)
    {
        _secretKey = secretKey;
        _nodeSecret = nodeSecret;
        Statements = statements;
        PublicKey = publicKey;
        if (!Base64UrlText.TryDecode(statements[0].PublicKey, out var first))
            throw new InvalidOperationException("A key statement of our own is damaged.");
        NodeId = new PublicKey(first).AsNodeId();
    }

    public NodeId NodeId { get; }

    public PublicKey PublicKey { get; }

    /// <summary>From the first key to the one in force.</summary>
    public IReadOnlyList<KeyStatement> Statements { get; }

    /// <summary>32 bytes that never leave this node; vote pseudonyms derive from them.</summary>
    public ReadOnlySpan<byte> NodeSecret => _nodeSecret;

    public byte[] Sign(ReadOnlySpan<byte> message) => Sodium.Sign(message, _secretKey);

    // Keys end up in logs and messages by way of ToString.
    public override string ToString() => NodeId.ToString();
}
