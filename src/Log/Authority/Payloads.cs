using System.Text.Json.Serialization;

namespace Anarchive.Log;

/// <summary>
/// One public key of a node with its commitments. The first hashes to the NodeId and signs itself; each later one
/// either matches the next-key commitment before it and is signed by the key before it, or shows the recovery key
/// committed to and is signed by that. Byte strings are base64url.
/// </summary>
public sealed record KeyStatement(
    string PublicKey,
    string NextKeyHash,
    string RecoveryKeyHash,
    string Signature,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RecoveryKey = null);

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

/// <summary>
/// Payload of <c>chain_opened</c>; refs the admission. <paramref name="After"/> says where chains end that this node
/// opened with fewer keys.
/// </summary>
public sealed record ChainOpened(
    IReadOnlyList<KeyStatement> Keys,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ChainSeq>? After = null);

/// <summary>
/// Payload of <c>key_recovered</c>, which opens a chain as <c>chain_opened</c> does; its last key was signed by a
/// recovery key. <paramref name="After"/> ends the chains of the keys it overrules.
/// </summary>
public sealed record KeyRecovered(IReadOnlyList<KeyStatement> Keys, IReadOnlyList<ChainSeq> After);

/// <summary>
/// Payload of <c>incarnation_endorsed</c>: the node may go on under that incarnation though a chain of it forked;
/// <paramref name="After"/> is the last good event of its other chains.
/// </summary>
public sealed record IncarnationEndorsed(string InstanceId, string Incarnation, IReadOnlyList<ChainSeq> After);

/// <summary>Payload of <c>heirs_named</c>, which replaces what genesis says; the first named comes first.</summary>
public sealed record HeirsNamed(IReadOnlyList<string> Heirs, int Quorum);

/// <summary>
/// Payload of <c>owner_transferred</c>. The old owner's rank ends here, and in its other chains at
/// <paramref name="After"/>; the new one's begins past <paramref name="From"/>.
/// </summary>
public sealed record OwnerTransferred(
    string InstanceId,
    IReadOnlyList<ChainSeq> From,
    IReadOnlyList<ChainSeq> After,
    IReadOnlyList<KeyStatement> Keys,
    string Cosignature);

/// <summary>
/// Payload of <c>succession_proposed</c>: the owner's last event was at <paramref name="LastMs"/>, Unix milliseconds.
/// </summary>
public sealed record SuccessionProposed(long LastMs);

/// <summary>Payload of <c>succession_vetoed</c>; refs the proposal.</summary>
public sealed record SuccessionVetoed;

/// <summary>
/// Payload of <c>succession_endorsed</c>, which refs the proposal and the moderator's grant;
/// <paramref name="Last"/> is how far the owner's chains reach for the moderator.
/// </summary>
public sealed record SuccessionEndorsed(string AgentId, IReadOnlyList<ChainSeq> Last);

/// <summary>
/// Payload of <c>owner_succeeded</c>, which refs the proposal: the endorsements that make the quorum, and how far the
/// heir's other chains reached before.
/// </summary>
public sealed record OwnerSucceeded(IReadOnlyList<ChainSeq> From, IReadOnlyList<ChainSeq> Endorsements);

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

/// <summary>
/// Payload of <c>edition_countersigned</c>, which refs the edition's <c>edition_published</c>: the state that the
/// writer's own log folds to as of the edition's vector.
/// </summary>
public sealed record EditionCountersigned(string StateRoot);
