using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>A manifest as it came, and what its event says and proves.</summary>
public sealed record EditionClaim
{
    private EditionClaim(EventHeader header, ReadOnlyMemory<byte> payload, GroupId group, bool isSigned)
        : this(header.Id, header.Origin, payload, group, header.Kind, isSigned)
    {
    }

    private EditionClaim(
        EventId id, NodeId origin, ReadOnlyMemory<byte> payload, GroupId group, Kind kind, bool isSigned) =>
        (Id, Origin, Payload, Group, Kind, IsSigned) = (id, origin, payload, group, kind, isSigned);

    public EventId Id { get; }

    public NodeId Origin { get; }

    public GroupId Group { get; }

    public Kind Kind { get; }

    /// <summary>The exact bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>True where the origin's signature covers the event.</summary>
    public bool IsSigned { get; }

    /// <summary>An event that intake took: its signature held then. Null where it has no payload.</summary>
    public static EditionClaim? OfLog(VerifiedEvent e) =>
        e.Payload is { } payload ? new EditionClaim(e.Header, payload.Bytes, e.Group, isSigned: true) : null;

    /// <summary>A manifest that was kept from this node's log, whose signature held as it came.</summary>
    public static EditionClaim OfKept(EventId id, NodeId publisher, GroupId group, ReadOnlyMemory<byte> payload) =>
        new(id, publisher, payload, group, NetApp.PartEditionPublished, isSigned: true);

    /// <summary>An event fetched by itself, with a signature of its own.</summary>
    /// <param name="key">The origin's key in force; null where it is not known, and nothing proves the event.</param>
    public static EditionClaim? OfWire(
        Event e, ReadOnlyMemory<byte> signature, PublicKey? key, IVerifier verifier)
    {
        if (e.Payload is not { } payload) return null;
        var signed = key is { } known
            && payload.Bytes.Length == e.Header.PayloadLength && payload.Hash() == e.Header.PayloadHash
            && BatchCheck.SignatureHolds(new Batch([e], signature), known, verifier);
        return new EditionClaim(e.Header, payload.Bytes, e.Header.EffectiveGroup, signed);
    }
}

/// <summary>The edition whose rows are here.</summary>
public sealed record HeldEdition(long Seq, EventId Id, Hash256 StateRoot);

/// <summary>What a node knows and wants when an edition comes.</summary>
/// <param name="Group">The one that is subscribed to.</param>
/// <param name="MayPublish">True where that node may write this part in this ring.</param>
/// <param name="Held">Null before the first.</param>
/// <param name="Manifests">Those of the group that are here, by event, whether imported or not.</param>
/// <param name="NowHours">Unix hours.</param>
/// <param name="Pin">The number its owner asked for; null for the latest.</param>
public sealed record EditionStanding(
    GroupId Group, string Part, EditionRing Ring, Func<NodeId, bool> MayPublish, HeldEdition? Held,
    IReadOnlyDictionary<EventId, PartEdition> Manifests, long NowHours, long? Pin);
