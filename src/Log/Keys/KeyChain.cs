namespace Anarchive.Log;

/// <summary>
/// A node's checked key statements: who it is, the key in force, and the commitments the next statement must meet.
/// </summary>
/// <remarks>
/// The first key hashes to the NodeId. Each later key must match the hash committed to before it, and its statement is
/// signed by the key before it or by the recovery key. This is key pre-rotation as in KERI (Smith, 2019).
/// </remarks>
public sealed class KeyChain
{
    /// <summary>More statements than rotations a careful owner ever makes.</summary>
    public const int StatementsMax = 64;

    private const int SignatureBytes = 64;

    private KeyChain(NodeId node, PublicKey current, Hash256 next, Hash256 recovery, Hash256 inception)
    {
        Node = node;
        Current = current;
        NextKeyHash = next;
        RecoveryKeyHash = recovery;
        Inception = inception;
    }

    public NodeId Node { get; }

    public PublicKey Current { get; }

    public Hash256 NextKeyHash { get; }

    public Hash256 RecoveryKeyHash { get; }

    /// <summary>SHA-256 over the first statement's bytes; an admission pins it.</summary>
    public Hash256 Inception { get; }

    /// <summary>The hash by which a statement commits to a later key.</summary>
    public static Hash256 Commitment(PublicKey key) => Hash256.Sha256(Domains.Key, key.Value.ToArray());

    /// <summary>
    /// What a statement's signature covers: domain ‖ NodeId ‖ key ‖ next key hash ‖ recovery key hash.
    /// </summary>
    public static byte[] SignedBytes(NodeId node, PublicKey key, Hash256 nextKeyHash, Hash256 recoveryKeyHash)
    {
        var bytes = new byte[Domains.Key.Length + 4 * Hash256.Size];
        Domains.Key.CopyTo(bytes);
        var at = bytes.AsSpan(Domains.Key.Length);
        node.Value.CopyTo(at);
        key.Value.CopyTo(at[32..]);
        nextKeyHash.CopyTo(at[64..]);
        recoveryKeyHash.CopyTo(at[96..]);
        return bytes;
    }

    /// <summary>Checks a whole list, first statement first. Null when any statement fails.</summary>
    public static KeyChain? Read(IReadOnlyList<KeyStatement> statements, IVerifier verifier)
    {
        if (statements.Count is 0 or > StatementsMax) return null;
        KeyChain? chain = null;
        foreach (var statement in statements)
        {
            chain = chain is null ? Begin(statement, verifier) : chain.Rotate(statement, verifier);
            if (chain is null) return null;
        }

        return chain;
    }

    /// <summary>
    /// The chain after one more statement; null when it breaks the commitment or nobody entitled signed it.
    /// </summary>
    public KeyChain? Rotate(KeyStatement statement, IVerifier verifier)
    {
        if (Fields.Read(statement) is not { } f) return null;
        if (Commitment(f.Key) != NextKeyHash) return null;
        var signed = SignedBytes(Node, f.Key, f.Next, f.Recovery);
        // The recovery key itself is not on the wire here; a statement it signed arrives as key_recovered.
        if (!verifier.Verify(Current, signed, f.Signature)) return null;
        return new KeyChain(Node, f.Key, f.Next, f.Recovery, Inception);
    }

    /// <summary>
    /// SHA-256 over a statement's decoded fields in order, as an admission pins it; null when malformed.
    /// </summary>
    public static Hash256? HashOf(KeyStatement statement)
    {
        if (Fields.Read(statement) is not { } f) return null;
        var bytes = new byte[3 * Hash256.Size + SignatureBytes];
        f.Key.Value.CopyTo(bytes);
        f.Next.CopyTo(bytes.AsSpan(32));
        f.Recovery.CopyTo(bytes.AsSpan(64));
        f.Signature.CopyTo(bytes.AsSpan(96));
        return Hash256.Sha256(Domains.Key, bytes);
    }

    private static KeyChain? Begin(KeyStatement statement, IVerifier verifier)
    {
        if (Fields.Read(statement) is not { } f) return null;
        var node = f.Key.AsNodeId();
        if (!verifier.Verify(f.Key, SignedBytes(node, f.Key, f.Next, f.Recovery), f.Signature)) return null;
        return new KeyChain(node, f.Key, f.Next, f.Recovery, HashOf(statement)!.Value);
    }

    private readonly record struct Fields(PublicKey Key, Hash256 Next, Hash256 Recovery, byte[] Signature)
    {
        public static Fields? Read(KeyStatement statement)
        {
            // The serializer lets a null stand in a list.
            if (statement is null || !Base64UrlText.TryDecode(statement.PublicKey, out var key)) return null;
            if (!Base64UrlText.TryDecode(statement.NextKeyHash, out var next)) return null;
            if (!Base64UrlText.TryDecode(statement.RecoveryKeyHash, out var recovery)) return null;
            if (!Base64UrlText.TryDecode(statement.Signature, SignatureBytes, out var signature)) return null;
            return new Fields(new PublicKey(key), next, recovery, signature);
        }
    }
}
