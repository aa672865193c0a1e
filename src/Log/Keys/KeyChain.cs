namespace Anarchive.Log;

/// <summary>
/// A node's checked key statements: who it is, the key in force, and the commitments the next statement must meet.
/// </summary>
/// <remarks>
/// The first key hashes to the NodeId. A rotation reveals the key committed to before, signed by the key before it:
/// pre-rotation as in KERI (Smith, 2019). A recovery shows the recovery key committed to before and is signed by it;
/// its own key is new, because whoever took the key in force has taken the next one too.
/// </remarks>
public sealed class KeyChain
{
    /// <summary>More statements than rotations a careful owner ever makes.</summary>
    public const int StatementsMax = 64;

    private const int SignatureBytes = 64;

    private KeyChain(NodeId node, in Fields last, IReadOnlyList<KeyStep> steps)
    {
        Node = node;
        Current = last.Key;
        NextKeyHash = last.Next;
        RecoveryKeyHash = last.Recovery;
        Steps = steps;
    }

    public NodeId Node { get; }

    public PublicKey Current { get; }

    public Hash256 NextKeyHash { get; }

    public Hash256 RecoveryKeyHash { get; }

    /// <summary>SHA-256 over the first statement's bytes; an admission pins it.</summary>
    public Hash256 Inception => Steps[0].Hash;

    /// <summary>What the statements are, one by one; never empty.</summary>
    public IReadOnlyList<KeyStep> Steps { get; }

    /// <summary>The hash by which a statement commits to a later key.</summary>
    public static Hash256 Commitment(PublicKey key) => Hash256.Sha256(Domains.Key, key.Value.ToArray());

    /// <summary>
    /// What a statement's signature covers: domain ‖ NodeId ‖ key ‖ next key hash ‖ recovery key hash. The domain of a
    /// recovery is its own.
    /// </summary>
    public static byte[] SignedBytes(
        NodeId node, PublicKey key, Hash256 nextKeyHash, Hash256 recoveryKeyHash, bool recovers = false)
    {
        var domain = recovers ? Domains.Recovery : Domains.Key;
        var bytes = new byte[domain.Length + 4 * Hash256.Size];
        domain.CopyTo(bytes);
        var at = bytes.AsSpan(domain.Length);
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
        var signer = f.Recoverer ?? Current;
        if (f.Recoverer is { } recoverer ? Commitment(recoverer) != RecoveryKeyHash : Commitment(f.Key) != NextKeyHash)
            return null;
        var signed = SignedBytes(Node, f.Key, f.Next, f.Recovery, recovers: f.Recoverer is not null);
        return verifier.Verify(signer, signed, f.Signature) ? new KeyChain(Node, f, [.. Steps, f.Step()]) : null;
    }

    /// <summary>What statements are, unverified; null where one is malformed.</summary>
    public static IReadOnlyList<KeyStep>? StepsOf(IReadOnlyList<KeyStatement> statements)
    {
        var steps = new List<KeyStep>(statements.Count);
        foreach (var statement in statements)
        {
            if (Fields.Read(statement) is not { } f) return null;
            steps.Add(f.Step());
        }

        return steps;
    }

    /// <summary>
    /// SHA-256 over a statement's decoded fields in order, as an admission pins it; null when malformed.
    /// </summary>
    public static Hash256? HashOf(KeyStatement statement) => Fields.Read(statement)?.Step().Hash;

    private static KeyChain? Begin(KeyStatement statement, IVerifier verifier)
    {
        if (Fields.Read(statement) is not { Recoverer: null } f) return null;
        var node = f.Key.AsNodeId();
        if (!verifier.Verify(f.Key, SignedBytes(node, f.Key, f.Next, f.Recovery), f.Signature)) return null;
        return new KeyChain(node, f, [f.Step()]);
    }

    private readonly record struct Fields(
        PublicKey Key, Hash256 Next, Hash256 Recovery, byte[] Signature, PublicKey? Recoverer)
    {
        public KeyStep Step()
        {
            var bytes = new byte[3 * Hash256.Size + SignatureBytes];
            Key.Value.CopyTo(bytes);
            Next.CopyTo(bytes.AsSpan(32));
            Recovery.CopyTo(bytes.AsSpan(64));
            Signature.CopyTo(bytes.AsSpan(96));
            return new KeyStep(Hash256.Sha256(Domains.Key, bytes), Recoverer is not null);
        }

        public static Fields? Read(KeyStatement statement)
        {
            // The serializer lets a null stand in a list.
            if (statement is null || !Base64UrlText.TryDecode(statement.PublicKey, out var key)) return null;
            if (!Base64UrlText.TryDecode(statement.NextKeyHash, out var next)) return null;
            if (!Base64UrlText.TryDecode(statement.RecoveryKeyHash, out var recovery)) return null;
            if (!Base64UrlText.TryDecode(statement.Signature, SignatureBytes, out var signature)) return null;
            if (statement.RecoveryKey is null) return new Fields(new PublicKey(key), next, recovery, signature, null);
            return Base64UrlText.TryDecode(statement.RecoveryKey, out var recoverer)
                ? new Fields(new PublicKey(key), next, recovery, signature, new PublicKey(recoverer))
                : null;
        }
    }
}
