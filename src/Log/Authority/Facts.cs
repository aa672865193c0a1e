using System.Collections.Immutable;

namespace Anarchive.Log;

/// <summary>What the events of keys and authority say, as they came: nothing is judged here. Immutable.</summary>
internal sealed record Facts
{
    public static Facts None { get; } = new();

    public GroupCreated? Genesis { get; init; }

    public EventHeader? GenesisHeader { get; init; }

    public ImmutableDictionary<NodeId, ImmutableList<Opening>> Openings { get; init; } =
        ImmutableDictionary<NodeId, ImmutableList<Opening>>.Empty;

    public ImmutableDictionary<NodeId, ImmutableList<ForkFact>> Forks { get; init; } =
        ImmutableDictionary<NodeId, ImmutableList<ForkFact>>.Empty;

    public ImmutableDictionary<EventRef, Admission> Admissions { get; init; } =
        ImmutableDictionary<EventRef, Admission>.Empty;

    public ImmutableDictionary<NodeId, ImmutableSortedSet<EventRef>> AdmissionsOf { get; init; } =
        ImmutableDictionary<NodeId, ImmutableSortedSet<EventRef>>.Empty;

    public ImmutableDictionary<NodeId, ImmutableList<Ended>> Removals { get; init; } =
        ImmutableDictionary<NodeId, ImmutableList<Ended>>.Empty;

    public ImmutableDictionary<EventRef, Grant> Grants { get; init; } = ImmutableDictionary<EventRef, Grant>.Empty;

    public ImmutableDictionary<(NodeId, string), ImmutableList<Ended>> GrantEnds { get; init; } =
        ImmutableDictionary<(NodeId, string), ImmutableList<Ended>>.Empty;

    public ImmutableDictionary<NodeId, ImmutableList<Endorsed>> Endorsements { get; init; } =
        ImmutableDictionary<NodeId, ImmutableList<Endorsed>>.Empty;

    public ImmutableList<EditionFact> Editions { get; init; } = [];

    public ImmutableList<(EventHeader Writer, HeirsNamed Content)> Heirs { get; init; } = [];

    public ImmutableList<Transfer> Transfers { get; init; } = [];

    public ImmutableDictionary<EventRef, (EventHeader Writer, long LastMs)> Proposals { get; init; } =
        ImmutableDictionary<EventRef, (EventHeader, long)>.Empty;

    public ImmutableList<EventHeader> Vetoes { get; init; } = [];

    public ImmutableDictionary<Position, SuccessionVote> Votes { get; init; } =
        ImmutableDictionary<Position, SuccessionVote>.Empty;

    public ImmutableList<Succession> Successions { get; init; } = [];

    public Opening? OpeningOf(ChainId chain) =>
        Openings.GetValueOrDefault(chain.Origin, []).Find(o => o.Chain == chain);
}

/// <summary>A chain's first event: its keys, the admission it cites, and where it ends chains of fewer keys.</summary>
internal sealed record Opening(
    EventHeader Header, IReadOnlyList<KeyStep> Steps, EventRef? Cited, ImmutableDictionary<ChainId, long>? After)
{
    public ChainId Chain => Header.Chain;
}

/// <summary>
/// Two histories from <paramref name="Seq"/> on; the clock of what they share ends at Before, where that is known.
/// </summary>
internal sealed record ForkFact(ChainId Chain, long Seq, Hlc? Before);

internal sealed record Admission(NodeId Node, Hash256 Inception, EventHeader Writer);

internal sealed record Grant((NodeId Origin, string AgentId) Subject, EventHeader Writer);

/// <summary>A removal, or the end of a grant: what comes past <paramref name="After"/> no longer counts.</summary>
internal sealed record Ended(EventHeader Writer, ImmutableDictionary<ChainId, long> After);

/// <summary>What an edition covers; its vector stands even where its name or root does not read.</summary>
internal sealed record EditionFact(EventHeader Writer, VersionVector Vector, Hash256? File, Hash256? Root);

internal sealed record Endorsed(
    EventHeader Writer, ChainId Chain, ImmutableDictionary<ChainId, long> After);

internal sealed record Transfer(
    EventHeader Writer, NodeId To, ImmutableDictionary<ChainId, long> From, ImmutableDictionary<ChainId, long> After);

internal sealed record SuccessionVote(EventHeader Writer, string AgentId, ImmutableDictionary<ChainId, long> Last);

internal sealed record Succession(
    EventHeader Writer, ImmutableDictionary<ChainId, long> From, IReadOnlyList<Position> Endorsements);
