using Anarchive.Log;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>How a peer is, as last heard.</summary>
public enum PeerState
{
    InStep,
    CatchingUp,
    Stalled,
    OutOfReach,
    Frozen,
    Paused,
}

/// <summary>The words for it in documents.</summary>
public static class PeerStates
{
    public static string Code(this PeerState state) => state switch
    {
        PeerState.InStep => "in_step",
        PeerState.CatchingUp => "catching_up",
        PeerState.Stalled => "stalled",
        PeerState.OutOfReach => "out_of_reach",
        PeerState.Frozen => "frozen",
        PeerState.Paused => "paused",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}

/// <summary>A peer as the owner sees it: state and cause, lag in events each way, when last heard.</summary>
/// <param name="Name">A local label; the short form of the NodeId where none was given.</param>
/// <param name="Why">The cause of that state; empty where it needs none.</param>
/// <param name="Remedy">What the owner can do about it; empty where that is nothing.</param>
/// <param name="BehindBy">Events we hold in shared groups and the peer, as last heard, does not.</param>
/// <param name="AheadBy">Events the peer, as last heard, holds and we do not.</param>
/// <param name="Source">Who named the address in use: manual (the owner), self (the peer), hub or gossip.</param>
/// <param name="Ring">fleet, friends or members: the innermost it stands on.</param>
public sealed record PeerView(
    NodeId Id,
    string Name,
    string? Endpoint,
    PeerState State,
    Sentence Why,
    Sentence Remedy,
    long BehindBy,
    long AheadBy,
    long? LastHeardMs,
    int FailuresInARow,
    string Source,
    IReadOnlyList<PeerGroupView> Groups,
    IReadOnlyList<PeerAddressView> Addresses,
    string Ring)
{
    /// <summary>Why, in English.</summary>
    public string Cause => Why.ToString();

    /// <summary>What to do, in English.</summary>
    public string Action => Remedy.ToString();

    /// <summary>False where it is out of reach: what is told of it is of when it was last heard.</summary>
    public bool IsHeard { get; init; }

    /// <summary>How far its clock is ahead of ours, by its last heartbeat; null before the first.</summary>
    public long? ClockAheadMs { get; init; }
}

/// <summary>One address of a peer, and what became of dialling it last.</summary>
/// <param name="Cause">The code it failed with; null where it answered, or was not tried.</param>
/// <param name="ExpiresMs">After it nobody vouches for the address any more; null where it stands.</param>
public sealed record PeerAddressView(
    string Source, string Endpoint, bool InUse, NodeId? From, long? TriedMs, int Failures, string? Cause,
    long? ExpiresMs)
{
    public static PeerAddressView Of(PeerEntry entry, bool inUse) => new(
        Name(entry.Source), entry.Endpoint.ToString(), inUse, entry.From, entry.TriedMs, entry.Failures, entry.Cause,
        entry.ExpiresMs == long.MaxValue ? null : entry.ExpiresMs);

    public static string Name(PeerSource source) => source switch
    {
        PeerSource.Manual => "manual",
        PeerSource.Self => "self",
        PeerSource.Hub => "hub",
        PeerSource.Gossip => "gossip",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };
}

/// <summary>One shared group with one peer.</summary>
/// <param name="Parked">Chains of ours that wait at the peer.</param>
public sealed record PeerGroupView(GroupId Group, string Name, long BehindBy, long AheadBy, long Parked, bool Left)
{
    /// <summary>Why it is not in step; empty where it is.</summary>
    public Sentence Why { get; init; } = "";

    /// <summary>The same in English.</summary>
    public string Cause => Why.ToString();
}

/// <summary>The verdict sentence and the counts under it.</summary>
/// <param name="Warns">What the owner has to do about this node itself; null where that is nothing.</param>
public sealed record MeshView(
    Sentence Says, Sentence? Warns, int InStep, int Total, IReadOnlyList<PeerView> Peers)
{
    /// <summary>The verdict in English.</summary>
    public string Verdict => Says.ToString();

    /// <summary>The warning in English.</summary>
    public string? Warning => Warns?.ToString();

    /// <summary>Every peer is in step, and the node needs nobody.</summary>
    public bool IsWell => Warns is null && InStep == Total;
}

/// <summary>A pasted invite's outcome: the group joined, or why not.</summary>
public sealed record JoinOutcome(GroupId? Group, string? Hive, Problem? Problem);

/// <summary>A fresh invite: text to paste, and when it lapses.</summary>
public sealed record InviteView(string Text, GroupId Group, long ExpiresMs);
