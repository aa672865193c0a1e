using System.Text.Json.Serialization;

namespace Anarchive.Log;

/// <summary>A request to <c>POST /sync/v1/handshake</c>: <c>step</c> says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(HelloMessage), "hello")]
[JsonDerivedType(typeof(ProofMessage), "proof")]
public abstract record HandshakeMessage;

/// <summary>Caller: who I am, and a nonce. Proves nothing yet.</summary>
/// <param name="To">Names the responder to whoever knows it, see <see cref="Handshake.Addressee"/>.</param>
/// <param name="Invite">The id of the invite to be redeemed: it lets a caller in whom nobody knows yet.</param>
/// <param name="Commitment">Of a pairing: SHA-256 of the bytes that the proof will show.</param>
public sealed record HelloMessage(
    string InstanceId,
    IReadOnlyList<KeyStatement> Keys,
    string Nonce,
    IReadOnlyList<int> Versions,
    string To,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Invite = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Commitment = null)
    : HandshakeMessage;

/// <summary>Caller: my proof, and, now that the responder has proved its key, token, groups and invite.</summary>
/// <param name="Endpoint">Where I can be called; null where I cannot.</param>
public sealed record ProofMessage(
    string Session,
    string Signature,
    string Token,
    string? Endpoint,
    IReadOnlyList<string> Groups,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] InviteProof? Invite = null)
    : HandshakeMessage;

/// <summary>An invite's id and HMAC-SHA256 of the transcript under its secret.</summary>
/// <param name="Opening">Of a pairing: the bytes committed to, without which nobody can choose the words.</param>
/// <param name="Name">Of a pairing: what people call the caller.</param>
public sealed record InviteProof(
    string Id,
    string Mac,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Opening = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null);

/// <summary>Responder: who I am, my nonce and my proof.</summary>
public sealed record ChallengeMessage(
    string Step,
    string Session,
    string InstanceId,
    IReadOnlyList<KeyStatement> Keys,
    string Nonce,
    int Version,
    string Signature);

/// <summary>Responder: your token here, and our shared groups as I hold them.</summary>
/// <param name="Name">Of a pairing: what people call the responder.</param>
public sealed record WelcomeMessage(
    string Token,
    long ExpiresMs,
    IReadOnlyList<WelcomeGroup> Groups,
    WireCredit Credit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null);

/// <summary>A shared group; <paramref name="Name"/> only in the answer that redeems its invite.</summary>
public sealed record WelcomeGroup(
    string Id,
    IReadOnlyList<WireHead> Vector,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null);

/// <summary>One entry of a version vector; seq 0 with a zero head: nothing of that chain is held.</summary>
public sealed record WireHead(string Origin, string Incarnation, long Seq, string Head);

/// <summary>How much a peer may send before the next answer.</summary>
public sealed record WireCredit(int Events, int Bytes)
{
    public static WireCredit Full { get; } = new(Limits.CreditEvents, Limits.CreditBytes);

    public static WireCredit None { get; } = new(0, 0);

    /// <summary>False where not every signed run would fit: the sender waits.</summary>
    [JsonIgnore]
    public bool AllowsPush => Events >= Limits.BatchEventsMax && Bytes >= Limits.BatchBytesMax;
}

/// <summary><c>POST /sync/v1/heartbeat</c>, request and reply.</summary>
public sealed record HeartbeatMessage(
    string InstanceId,
    long TimeMs,
    IReadOnlyList<WireGroup> Groups,
    IReadOnlyList<WireKnownPeer> KnownPeers,
    IReadOnlyList<string> Forks);

/// <summary>A shared group in a heartbeat: digest of the whole vector, changes since the last exchange.</summary>
public sealed record WireGroup(string Id, string Digest, IReadOnlyList<WireHead> Changed, WireCredit Credit);

/// <summary>A peer record signed by the node it describes, and how many hops it may still travel.</summary>
public sealed record WireKnownPeer(string Record, int Ttl);

/// <summary>A chain and the seq from which its events wait.</summary>
public sealed record WireParked(string Origin, string Incarnation, long Seq, string WaitsFor);

/// <summary>A chain, the seq of the refused event and the code.</summary>
public sealed record WireRefused(string Origin, string Incarnation, long Seq, string Code);

/// <summary>Answer to a push. <paramref name="Vector"/> names every pushed chain as it is durable here.</summary>
public sealed record PushReply(
    IReadOnlyList<WireHead> Vector,
    IReadOnlyList<WireParked> Parked,
    IReadOnlyList<WireRefused> Refused,
    WireCredit Credit);

/// <summary>Answer to <c>GET …/status</c>.</summary>
public sealed record StatusReply(
    IReadOnlyList<WireHead> Vector,
    string Digest,
    string StateDigest,
    int Parked,
    long Owed,
    long Backlog,
    string? Edition);

/// <summary>Answer to <c>GET …/public/{id}/status</c>: what anybody may know of a hive that may be followed.</summary>
/// <param name="Title">What people read above the hive.</param>
/// <param name="Forks">Places of frozen chains, whose proofs <c>?proof=</c> answers.</param>
public sealed record PublicReply(string Title, IReadOnlyList<WireHead> Vector, IReadOnlyList<string> Forks);

/// <summary>Answer to <c>POST …/leave</c>: what is durable here, so that the leaver can push its tail.</summary>
public sealed record LeaveReply(IReadOnlyList<WireHead> Vector);

/// <summary>Answer to <c>POST /sync/v1/reach</c>: whether the caller could be called back; else why not.</summary>
public sealed record ReachReply(bool Reached, string? Code);

/// <summary>Every error on the wire: a code and nothing else.</summary>
public sealed record ErrorReply(ErrorCode Error)
{
    public static ErrorReply Of(string code) => new(new ErrorCode(code));
}

public sealed record ErrorCode(string Code);

/// <summary>Answer 410 to a pull from below a cut: the edition to begin with, and where it ends.</summary>
public sealed record BehindReply(ErrorCode Error, string Edition, IReadOnlyList<WireHead> Vector);

/// <summary>The JSON form of a batch, for debugging.</summary>
public sealed record WireBatch(IReadOnlyList<WireEvent> Events, string Signature);

/// <summary>An event in the JSON form: payload is the exact text; both salt and payload are null when hollow.</summary>
public sealed record WireEvent(string Header, string? Salt, string? Payload);

/// <summary>The protocol's JSON: strict, so that unknown, missing, null and duplicate members are refused.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowOutOfOrderMetadataProperties = true,
    MaxDepth = Limits.PayloadDepthMax)]
[JsonSerializable(typeof(HandshakeMessage))]
[JsonSerializable(typeof(ChallengeMessage))]
[JsonSerializable(typeof(WelcomeMessage))]
[JsonSerializable(typeof(HeartbeatMessage))]
[JsonSerializable(typeof(PushReply))]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(PublicReply))]
[JsonSerializable(typeof(LeaveReply))]
[JsonSerializable(typeof(ReachReply))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(BehindReply))]
[JsonSerializable(typeof(IReadOnlyList<WireBatch>))]
public sealed partial class SyncJson : JsonSerializerContext;
