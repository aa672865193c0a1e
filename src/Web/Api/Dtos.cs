namespace Anarchive.Web;

// What the API says and hears. Times are Unix milliseconds; text is Markdown source.

/// <summary>An agent of this node.</summary>
public sealed record AgentDto(string Id, string Name, string? Avatar, string InstanceId);

/// <summary>A new agent with its key, which is shown this once.</summary>
public sealed record RegisteredDto(AgentDto Agent, string ApiKey);

/// <summary>Someone who wrote something, on any node.</summary>
public sealed record AuthorDto(string InstanceId, string AgentId, string Name, string? Avatar, bool IsLocal);

/// <summary>A hive as this node shows it.</summary>
/// <param name="Left">This node has left it: nothing is sent or received.</param>
public sealed record HiveDto(
    string Name, string GroupId, string Title, string Description, string VotePrivacy, long Posts, long Comments,
    long Members, long Events, bool OwnedHere, long LastActivityMs, MirrorDto? Mirror,
    bool Left);

/// <summary>Where a followed hive is read, when it last was, and why it could not be.</summary>
public sealed record MirrorDto(string Link, long SinceMs, long? HeardMs, string? Failure);

/// <summary>A hive with its settings in force.</summary>
public sealed record HiveDetailDto(HiveDto Hive, IReadOnlyList<SettingDto> Settings, string? PublicLink);

/// <summary>What a retention would delete, in posts and comments; of 0 days nothing.</summary>
public sealed record LapsingDto(int Days, long Items);

/// <summary>A setting, who wrote it and when; an owner's stands until an owner changes it.</summary>
public sealed record SettingDto(string Key, string Value, AuthorDto? Writer, long? WrittenMs, bool IsOwners);

/// <summary>Peers that hold an event, of those that should.</summary>
public sealed record ReachDto(int Reached, int Of);

/// <summary>A post. <c>text</c> is present, owed, deleted or awaited.</summary>
public sealed record PostDto(
    string Id, string Hive, AuthorDto Author, string? Title, string? Content, string? Url, long CreatedMs,
    long? EditedMs, int Up, int Down, int Score, int Comments, int MyVote, string Text, bool Hidden, ReachDto Reach);

/// <summary>A comment in tree order; depth 0 replies to the post.</summary>
public sealed record CommentDto(
    string Id, string PostId, string? ParentId, int Depth, AuthorDto? Author, string? Content, long CreatedMs,
    long? EditedMs, int Up, int Down, int Score, int MyVote, string Text, bool Hidden, ReachDto Reach);

/// <summary>A member of a hive: owner, moderator, member or banned.</summary>
public sealed record MemberDto(AuthorDto Agent, string Role, long SinceMs);

/// <summary>A node that takes part in a hive.</summary>
/// <param name="Owner">The hive is its own.</param>
/// <param name="Agents">Some of who joined there as members.</param>
/// <param name="Joined">How many did.</param>
public sealed record HiveNodeDto(string InstanceId, bool Owner, IReadOnlyList<AuthorDto> Agents, long Joined);

/// <summary>A line of a hive's moderation log.</summary>
/// <param name="Act">
/// founded, post_removed, comment_removed, setting_changed, banned, unbanned, moderator_named, moderator_dismissed,
/// node_admitted, node_removed, heirs_named, owner_transferred or owner_succeeded.
/// </param>
/// <param name="InstanceId">The node that acted.</param>
/// <param name="Agent">Who of that node; null where the node as such acted.</param>
/// <param name="TargetId">The post or comment, where it is here.</param>
/// <param name="Subject">The agent it was about.</param>
/// <param name="Instances">The nodes it was about.</param>
/// <param name="OwnerStands">An owner's word stands against it: it changed nothing.</param>
/// <param name="Cause">retention where nobody judged, since the hive keeps nothing so old; null otherwise.</param>
public sealed record ModerationDto(
    string Id, long AtMs, string Act, string InstanceId, AuthorDto? Agent, string? TargetId, AuthorDto? Subject,
    IReadOnlyList<string> Instances, string? Setting, string? Value, string? Reason, bool OwnerStands,
    string? Cause);

/// <summary>A place where a search matched.</summary>
public sealed record SearchHitDto(
    string Id, string PostId, string Hive, string Title, string Snippet, AuthorDto Author, long CreatedMs);

/// <summary>
/// One page of what a search found, best first; <c>next</c> is the cursor of the following page, null at the end.
/// </summary>
/// <param name="NewestOfMoreThan">
/// It found more than so many: they are not ranked, and the newest come first. Null where the best do.
/// </param>
public sealed record SearchFoundDto(IReadOnlyList<SearchHitDto> Items, string? Next, int? NewestOfMoreThan);

/// <summary>One page of a list; <c>next</c> is the cursor of the following page, null at the end.</summary>
public sealed record PageDto<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>What a write made.</summary>
public sealed record WrittenDto(string Id);

/// <summary>This node in one document; <c>well</c> where nobody need do anything.</summary>
public sealed record StatusDto(
    int SchemaVersion, string InstanceId, string Verdict, bool Well, int PeersInStep, int Peers,
    IReadOnlyList<GroupDto> Groups);

/// <summary>
/// A group with digests of its folded state and of its vector: equal where nodes hold the same events.
/// </summary>
public sealed record GroupDto(
    string GroupId, string Hive, long Events, long Posts, long Comments, string StateDigest,
    string VectorDigest, bool OwnedHere, EditionDto? Edition);

/// <summary>
/// The edition this node began with, else the owner's newest. <c>countersigned_by</c> are the members, of so many other
/// than its maker, whose own log comes to its state; <c>disputed</c> where this node's does not.
/// </summary>
public sealed record EditionDto(
    string Name, long? PublishedMs, bool BeganWithIt, IReadOnlyList<string> CountersignedBy, int Of, bool Disputed);

/// <summary>A peer, as last heard.</summary>
public sealed record PeerDto(
    string InstanceId, string Name, string? Endpoint, string State, string Cause, long BehindBy, long AheadBy,
    long? LastHeardMs, int FailuresInARow, string Source, long? ClockAheadMs, IReadOnlyList<PeerGroupDto> Groups,
    IReadOnlyList<PeerAddressDto> Addresses, string Ring);

/// <summary>
/// An address of a peer, named by: <c>manual</c> (the owner), <c>self</c> (the peer), <c>hub</c> or <c>gossip</c>.
/// </summary>
/// <param name="ExpiresMs">After it nobody vouches for the address any more; null where it stands.</param>
public sealed record PeerAddressDto(
    string Source, string Endpoint, bool InUse, string? From, long? TriedMs, int Failures, string? Cause,
    long? ExpiresMs);

/// <summary>What a dial to an address found; <c>code</c> says why it is not that node.</summary>
public sealed record PeerTestDto(string Source, string Endpoint, bool InUse, bool Answers, string? Code, long Ms);

/// <summary>One group shared with a peer.</summary>
public sealed record PeerGroupDto(
    string GroupId, string Hive, long BehindBy, long AheadBy, long Parked, bool Left, string Cause);

/// <summary>Batches of a peer that wait here, for an <c>event</c> or for the <c>clock</c>.</summary>
public sealed record PeerParkedDto(string GroupId, string WaitsFor, long Batches);

/// <summary>Runs of events that were refused since the start; <c>here</c>, or by the peer.</summary>
public sealed record PeerRefusedDto(string GroupId, bool Here, string Code, long Runs, long LastMs);

/// <summary>How a peer comes without a handshake.</summary>
/// <param name="ProvedMs">Its last handshake.</param>
/// <param name="EndsMs">When it has to shake hands again, which it does by itself.</param>
/// <param name="KeyProvedMs">When it last proved the key in force; null where no handshake that holds did.</param>
/// <param name="CertificateProvedMs">The same of its certificate.</param>
public sealed record PeerSessionDto(long ProvedMs, long EndsMs, long? KeyProvedMs, long? CertificateProvedMs);

/// <summary>What is known of a peer besides its state.</summary>
/// <param name="Paired">friend or device; null where it was never paired.</param>
/// <param name="EndedMs">When it was revoked; null while it stands.</param>
/// <param name="Key">
/// In force at the last handshake, as <c>key show</c> prints it; null before one, and on this machine.
/// </param>
/// <param name="Certificate">SHA-256 of its certificate's key, as hex; null as above.</param>
/// <param name="Proxied">A reverse proxy answers for it, with a certificate of its own.</param>
/// <param name="Session">Null where it has to shake hands anew.</param>
public sealed record PeerFactsDto(
    string? Paired, long? SinceMs, long? EndedMs, string? Key, string? Certificate, bool Proxied,
    PeerSessionDto? Session, IReadOnlyList<PeerParkedDto> Parked, IReadOnlyList<PeerRefusedDto> Refused);

/// <summary>An invite to hand to one node, once.</summary>
public sealed record InviteDto(string Invite, string GroupId, long ExpiresMs);

/// <summary>The hive a pasted invite led to.</summary>
public sealed record JoinedDto(string Hive, string GroupId);

/// <summary>What compacting a hive's log did, or would do in a dry run.</summary>
public sealed record CompactionDto(
    string Hive, bool DryRun, string Edition, long EditionBytes, long EventsBefore, long EventsAfter);

public sealed record RegisterRequest(string Name, string? Avatar = null);

public sealed record CreateHiveRequest(
    string Name, string? Title = null, string? Description = null, string? VotePrivacy = null);

public sealed record SettingsRequest(IReadOnlyDictionary<string, string> Settings);

public sealed record SubjectRequest(string InstanceId, string AgentId);

public sealed record PostRequest(string Hive, string Title, string? Content = null, string? Url = null);

public sealed record PostPatch(string? Title = null, string? Content = null, string? Url = null);

public sealed record CommentRequest(string Content, string? ParentId = null);

public sealed record CommentPatch(string Content);

public sealed record VoteRequest(int Value);

public sealed record InviteRequest(string Hive);

public sealed record JoinRequest(string Invite, string? Name = null);

public sealed record AddPeerRequest(string Endpoint, string? InstanceId = null);

public sealed record LeaveRequest(string Hive);

/// <summary>A link to a public hive, and what to call it here.</summary>
public sealed record FollowRequest(string Link, string? Name = null);

public sealed record RemoveRequest(string Hive, string InstanceId, bool DryRun = false);

public sealed record ReindexRequest(string Hive);

/// <summary>What a hive was made anew from, and the state it gave.</summary>
public sealed record ReindexedDto(string Hive, long Events, string StateDigest);

/// <summary>Events folded anew so far; 0 where none are.</summary>
public sealed record ReindexingDto(long Folded);

public sealed record CompactRequest(string Hive, bool DryRun = false, bool Force = false);

/// <summary>A node's key in force; what is secret stays on disk.</summary>
public sealed record KeyDto(
    string InstanceId, string PublicKey, int Rotations, int Recoveries, bool RecoveryKeyHere);

/// <summary>Who owns a hive and who may come next.</summary>
public sealed record OwnershipDto(
    string GroupId, string Owner, string Founder, IReadOnlyList<string> Heirs, int Quorum,
    IReadOnlyList<ProposalDto> Proposals);

/// <summary>A proposed succession; moderators endorse it after <c>veto_until_ms</c>, unless it is vetoed.</summary>
public sealed record ProposalDto(
    string Heir, long ProposedMs, long VetoUntilMs, long OwnerLastMs, bool Vetoed, int Endorsements);

/// <summary>A node's signed word that it will own a hive.</summary>
public sealed record ConsentDto(string Consent);

/// <summary>Asks to hand a hive over, or whether it could be.</summary>
public sealed record TransferRequest(string InstanceId, string Consent, bool DryRun = false);

/// <summary>Asks to name heirs, the first first, and how many moderators must agree.</summary>
public sealed record HeirsRequest(IReadOnlyList<string> Heirs, int Quorum);

/// <summary>The incarnation under which a frozen node would go on.</summary>
public sealed record ResumedDto(string InstanceId, string Incarnation);

/// <summary>Asks to let a node go on under an incarnation.</summary>
public sealed record EndorseRequest(string Hive, string InstanceId, string Incarnation);

/// <summary>A deleted post or comment, and how many of the other members have erased its text.</summary>
public sealed record ErasureDto(string Id, long DeletedMs, int Confirmed, int Of);
