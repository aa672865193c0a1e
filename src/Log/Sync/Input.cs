namespace Anarchive.Log;

/// <summary>The time and one throw of the dice, from outside.</summary>
public readonly record struct Moment(long Ms, uint Dice);

/// <summary>
/// A group in a heartbeat: digest of the whole vector, heads changed since the last exchange, and, as heard, credit.
/// </summary>
public sealed record GroupBeat(
    GroupId Group, Hash256 Digest, IReadOnlyList<KeyValuePair<ChainId, Head>> Changed, WireCredit? Credit = null);

/// <summary>Why an exchange came to nothing.</summary>
public enum Failure
{
    /// <summary>No answer, a broken answer, or one that took too long.</summary>
    Unreachable,

    /// <summary>404: the token is unknown there, or the group is not shared.</summary>
    NotFound,

    /// <summary>429 or 503: later.</summary>
    Throttled,
}

/// <summary>Everything that can happen to a session.</summary>
public abstract record Input(Moment At)
{
    /// <summary>Time has passed.</summary>
    public sealed record Tick(Moment At) : Input(At);

    /// <summary>The session begins, or its owner asks to try at once.</summary>
    public sealed record Start(Moment At, bool HasToken) : Input(At);

    /// <summary>There is something to tell the peer: soon where it answers, otherwise once it does.</summary>
    public sealed record News(Moment At) : Input(At);

    /// <summary>Whether this node can dial the peer. Where it cannot, the peer does all the asking.</summary>
    public sealed record Reach(Moment At, bool CanDial) : Input(At);

    /// <summary>The group may be exchanged with this peer, and this is what we hold durably.</summary>
    public sealed record Shared(Moment At, GroupId Group, VersionVector Ours) : Input(At);

    /// <summary>The group may no longer be exchanged.</summary>
    public sealed record Unshared(Moment At, GroupId Group) : Input(At);

    /// <summary>A flush: this is durable now.</summary>
    public sealed record Flushed(Moment At, GroupId Group, VersionVector Ours) : Input(At);

    /// <summary>The peer proved its key and told what it holds of shared groups.</summary>
    public sealed record Greeted(
        Moment At, IReadOnlyList<KeyValuePair<GroupId, VersionVector>> Groups) : Input(At);

    /// <summary>The peer dialled us and proved its key.</summary>
    public sealed record Called(Moment At) : Input(At);

    /// <summary>The peer sent a heartbeat; <paramref name="Ticket"/> names the reply it waits for.</summary>
    public sealed record BeatCame(Moment At, long Ticket, IReadOnlyList<GroupBeat> Groups) : Input(At);

    /// <summary>The peer answered our heartbeat <paramref name="Sent"/>.</summary>
    public sealed record BeatAnswered(Moment At, Effect.Beat Sent, IReadOnlyList<GroupBeat> Groups) : Input(At);

    /// <summary>The peer's whole vector.</summary>
    public sealed record StatusAnswered(Moment At, GroupId Group, VersionVector Theirs) : Input(At);

    /// <summary>A pull's body is here, not yet stored; <paramref name="Ends"/> are its batches' last places.</summary>
    public sealed record Fetched(Moment At, Effect.Pull Pull, IReadOnlyList<Position> Ends) : Input(At);

    /// <summary>A fetched body went through intake; this is durable now.</summary>
    public sealed record Stored(
        Moment At, Effect.Pull Pull, VersionVector Ours, IReadOnlyList<ChainId> Refused) : Input(At);

    /// <summary>The peer answered a push with what it holds durably of the pushed chains.</summary>
    public sealed record PushAnswered(
        Moment At,
        Effect.Push Push,
        IReadOnlyList<KeyValuePair<ChainId, Head>> Theirs,
        IReadOnlyList<ChainId> Parked,
        IReadOnlyList<ChainId> Refused,
        WireCredit? Credit = null) : Input(At);

    /// <summary>The peer sends events up to these places; intake has not seen them yet.</summary>
    public sealed record Offered(Moment At, GroupId Group, IReadOnlyList<Position> Ends) : Input(At);

    /// <summary>The peer pushed events, durable here now; nothing is sent before it is durable there.</summary>
    public sealed record Delivered(
        Moment At, GroupId Group, IReadOnlyList<KeyValuePair<ChainId, Head>> Heads) : Input(At);

    /// <summary>The peer left the group.</summary>
    public sealed record Left(Moment At, GroupId Group) : Input(At);

    /// <summary>An effect came to nothing.</summary>
    public sealed record Failed(Moment At, Effect What, Failure Why, long RetryMs = 0) : Input(At);
}
