using System.Text.Json.Serialization;

namespace Anarchive.Log;

/// <summary>
/// One public key of a node with its commitments. The first hashes to the NodeId and signs itself; each later one
/// matches the commitment before it and is signed by the previous or the recovery key. Byte strings are base64url.
/// </summary>
public sealed record KeyStatement(string PublicKey, string NextKeyHash, string RecoveryKeyHash, string Signature);

/// <summary>An agent of a node, as other nodes name it.</summary>
public sealed record AgentSubject(string InstanceId, string AgentId);

/// <summary>The last accepted seq of one chain. JSON: <c>{"origin","incarnation","seq"}</c>.</summary>
public sealed record ChainSeq(string Origin, string Incarnation, long Seq);

/// <summary>Payload of <c>group_created</c>: what the group is, for ever.</summary>
public sealed record GroupCreated(
    string GroupKind,
    string Ring,
    string VotePrivacy,
    bool ModeratorsAdmit,
    IReadOnlyList<string> Heirs,
    int Quorum,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<KeyStatement> Keys);

/// <summary>Payload of <c>chain_opened</c>; refs the admission.</summary>
public sealed record ChainOpened(IReadOnlyList<KeyStatement> Keys);

/// <summary>
/// Payload of <c>node_admitted</c>; <paramref name="Inception"/> is SHA-256 of the first statement, base64url.
/// </summary>
public sealed record NodeAdmitted(string InstanceId, string Inception);

/// <summary>Payload of <c>node_removed</c>: the node's events past <paramref name="After"/> are refused.</summary>
public sealed record NodeRemoved(string InstanceId, IReadOnlyList<ChainSeq> After);

/// <summary>Payload of <c>key_rotated</c>: in force from the next seq.</summary>
public sealed record KeyRotated(KeyStatement Statement);

/// <summary>Payload of <c>moderator_changed</c>; <paramref name="Action"/> is add or remove.</summary>
public sealed record ModeratorChanged(
    AgentSubject Subject,
    string Action,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ChainSeq>? After = null);

/// <summary>
/// Payload of <c>edition_published</c>: the owner's word that the group's state as of <paramref name="Vector"/> is in
/// the file of that hash. Hashes and the signature are base64url.
/// </summary>
public sealed record EditionPublished(
    string FileHash,
    string StateRoot,
    IReadOnlyList<WireHead> Vector,
    string Signature,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Previous = null);
