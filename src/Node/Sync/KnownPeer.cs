using System.Net;
using Anarchive.Log;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>A node we may speak to: where it is by each source, and how it and this node know each other.</summary>
public sealed record KnownPeer(NodeId Id)
{
    /// <summary>One per source at most, those whose word counts more first.</summary>
    public IReadOnlyList<PeerEntry> Entries { get; init; } = [];

    /// <summary>As the peer issued it; sent to that peer only, never shown.</summary>
    public string? Token { get; init; }

    /// <summary>Its newest signed record; null before one came.</summary>
    public byte[]? Record { get; init; }

    /// <summary>Hops that record may still travel.</summary>
    public int Ttl { get; init; }

    public long? HeardMs { get; init; }

    /// <summary>By what it is known where it answers; null before a handshake.</summary>
    public PeerIdentity? Identity { get; init; }

    /// <summary>The owner wants nothing exchanged with it for now.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The entry whose address is used; null where it cannot or should not be dialled.</summary>
    public PeerEntry? Current => IsPaused ? null : PeerPrecedence.Next(Entries);

    public Endpoint? Endpoint => Current?.Endpoint;

    /// <summary>How far a dial to the address in use may go.</summary>
    public DialScope Scope => Current is { } entry ? ScopeOf(entry) : DialScope.Learned;

    /// <summary>True for a peer that neither the owner nor itself has named, and that was never heard.</summary>
    public bool IsHearsay => Entries.Count > 0 && Entries.All(e => e.IsLearned) && Token is null && HeardMs is null;

    /// <summary>
    /// How far a dial may go. A peer's own word for a literal address was compared with where it calls from.
    /// </summary>
    public static DialScope ScopeOf(PeerEntry entry) => entry switch
    {
        { Endpoint: { IsLoopback: true } or { IsEncrypted: false } } => DialScope.ThisMachine,
        { Source: PeerSource.Manual } => DialScope.Typed,
        { Source: PeerSource.Self } when IPAddress.TryParse(entry.Endpoint.Address.IdnHost, out _) => DialScope.Typed,
        _ => DialScope.Learned,
    };

    /// <summary>How far a dial may go to what the owner typed or pasted.</summary>
    public static DialScope ScopeOfTyped(Endpoint endpoint) =>
        endpoint.IsEncrypted ? DialScope.Typed : DialScope.ThisMachine;

    /// <summary>Takes a source's word; what others said stays.</summary>
    public KnownPeer Told(PeerEntry entry) => With(PeerPrecedence.With(Entries, entry));

    /// <summary>Where other entries come into use, what it was known by, it was known by elsewhere.</summary>
    public KnownPeer With(IReadOnlyList<PeerEntry> entries)
    {
        var after = this with { Entries = entries };
        return after.Endpoint == Endpoint ? after : after with { Identity = null };
    }

    // Never the token.
    public override string ToString() => $"{Id} at {Endpoint}";
}
