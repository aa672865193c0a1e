using Anarchive.Log;

namespace Anarchive.Rings;

/// <summary>Who said where a peer is. Those whose word counts more come first.</summary>
public enum PeerSource
{
    /// <summary>The owner typed it, or pasted an invite.</summary>
    Manual,

    /// <summary>The peer itself, after it proved its key.</summary>
    Self,

    /// <summary>A hub, in a record that the peer signed.</summary>
    Hub,

    /// <summary>Another peer, in a record that the peer signed.</summary>
    Gossip,
}

/// <summary>One address of a peer, by one source, and what became of dialling it.</summary>
/// <param name="ExpiresMs">After it nobody vouches for the address any more.</param>
public sealed record PeerEntry(PeerSource Source, Endpoint Endpoint, long LearnedMs, long ExpiresMs)
{
    /// <summary>An address nobody has to vouch for.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The peer or hub that passed it on; null where its source is nearer.</summary>
    public NodeId? From { get; init; }

    /// <summary>In a row, since this node started.</summary>
    public int Failures { get; init; }

    public long? TriedMs { get; init; }

    /// <summary>The code of the last failure; null where it answered, or was not tried.</summary>
    public string? Cause { get; init; }

    /// <summary>The part of the address that is dear to have many of; null on this machine.</summary>
    public string? Network { get; private init; } = GossipTable.NetworkOf(Endpoint);

    /// <summary>True where somebody else than the owner or the peer named it.</summary>
    public bool IsLearned => Source is PeerSource.Hub or PeerSource.Gossip;
}
