using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Why a request was refused: a stable code, the HTTP status it maps to, one plain sentence.</summary>
public sealed record Problem(string Code, int Status, Sentence Says)
{
    /// <summary>Why, in English.</summary>
    public string Sentence => Says.ToString();

    public static Problem NotFound(Sentence what) => new("not_found", 404, $"There is no such {what} here.");
}

/// <summary>The end of a write: the durable event, or why nothing was written. Exactly one is set.</summary>
public sealed record WriteOutcome(EventRef? Event, Problem? Problem)
{
    /// <summary>
    /// The written event's post or comment id, as URLs and JSON spell it; null where nothing was written.
    /// </summary>
    public string? Id { get; private init; }

    public static WriteOutcome Done(GroupId group, EventRef written) =>
        new(written, null) { Id = written.ShortId(group) };

    public static WriteOutcome Refused(Problem why) => new(null, why);
}

/// <summary>An agent of this node: who acts. <paramref name="Id"/> is unique within its node.</summary>
public sealed record LocalAgent(string Id, string Name, string? Avatar);

/// <summary>Someone who wrote something, here or elsewhere.</summary>
public sealed record AuthorView(NodeId Instance, string AgentId, string Name, string? Avatar, bool IsLocal);

/// <summary>A hive as this node shows it. <paramref name="Name"/> is a local label for the group.</summary>
public sealed record HiveView(
    string Name,
    GroupId Group,
    string Title,
    string Description,
    string VotePrivacy,
    long Posts,
    long Comments,
    long Members,
    long Events,
    bool OwnedHere,
    long LastActivityMs)
{
    /// <summary>Where it is read along; null where this node takes part in it, or did.</summary>
    public Mirror? Mirror { get; init; }

    /// <summary>This node has ended its part: nothing is sent or received.</summary>
    public bool HasLeft { get; init; }

    /// <summary>It has left, and may come back without an invite: one that only followed may not.</summary>
    public bool MayRejoin { get; init; }

    /// <summary>What is written here goes to the others.</summary>
    public bool TakesPart => Mirror is null && !HasLeft;
}

/// <summary>
/// How far an event has travelled: "reached <paramref name="Reached"/> of <paramref name="Of"/> peers".
/// </summary>
public sealed record ReachView(int Reached, int Of);

/// <summary>What a viewer may do with a post or comment: nothing else is worth offering.</summary>
/// <param name="MayAnswer">Vote on it and reply to it.</param>
public readonly record struct ItemRights(bool MayAnswer, bool MayEdit, bool MayDelete);

/// <summary>
/// A post in a feed or at the head of a thread. Text is Markdown source; null where it is erased or owed.
/// </summary>
public sealed record PostView(
    string Id,
    EventRef Ref,
    string Hive,
    AuthorView Author,
    string? Title,
    string? Content,
    string? Url,
    long CreatedMs,
    long? EditedMs,
    int Up,
    int Down,
    int Comments,
    int MyVote,
    TextState Text,
    bool Hidden,
    ReachView Reach)
{
    public ItemRights Rights { get; init; }
}

/// <summary>Where a text is: here, owed by a peer, deleted, or its event has not arrived.</summary>
public enum TextState
{
    Present,
    Owed,
    Deleted,
    Awaited,
}

/// <summary>A comment in tree order. Depth 0 replies to the post itself.</summary>
public sealed record CommentView(
    string Id,
    EventRef Ref,
    string PostId,
    string? ParentId,
    int Depth,
    AuthorView? Author,
    string? Content,
    long CreatedMs,
    long? EditedMs,
    int Up,
    int Down,
    int MyVote,
    TextState Text,
    bool Hidden,
    ReachView Reach)
{
    public ItemRights Rights { get; init; }
}

/// <summary>One page of a list; <paramref name="Next"/> is null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public enum FeedSort
{
    New,
    Top,
    Hot,
}

/// <summary>A member agent of a hive with its role: owner, moderator, member or banned.</summary>
public sealed record MemberView(AuthorView Agent, string Role, long SinceMs);

/// <summary>A setting's value in force, who wrote it and when.</summary>
/// <param name="IsOwners">An owner wrote it: it stands until an owner changes it.</param>
public sealed record SettingView(string Key, string Value, AuthorView? Writer, long? WrittenMs, bool IsOwners = false);

/// <summary>One page of what a search found, best first; <paramref name="Next"/> is null at the end.</summary>
/// <param name="NewestOfMoreThan">
/// It found more than so many: they are not ranked, and the newest come first. Null where the best do.
/// </param>
public sealed record SearchFound(IReadOnlyList<SearchHit> Items, string? Next, int? NewestOfMoreThan);

/// <summary>A hit of a full-text search, with the matching part of the text.</summary>
public sealed record SearchHit(
    string Id, string PostId, string Hive, string Title, string Snippet, AuthorView Author, long CreatedMs)
{
    /// <summary>
    /// Stands before a match in a snippet: a control character, so that pages can escape the text first.
    /// </summary>
    public const char MarkStart = '\u0002';

    /// <summary>Stands behind a match in a snippet.</summary>
    public const char MarkEnd = '\u0003';
}
