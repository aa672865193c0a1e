namespace Anarchive.Log;

/// <summary>Why an edition was not taken over.</summary>
public enum EditionFault
{
    None,

    /// <summary>Not an edition, or not in its one spelling.</summary>
    Malformed,

    /// <summary>Another file than the one that was named.</summary>
    WrongFile,

    /// <summary>An edition of another group.</summary>
    WrongGroup,

    /// <summary>An event that is out of place, past its cut, or does not agree with its own hash.</summary>
    BadEvent,

    /// <summary>Not signed with the key that the owner's events put in force.</summary>
    BadSignature,

    /// <summary>Its events fold to another state than it says.</summary>
    WrongState,

    /// <summary>It contradicts events that are here, or is older than the cut that is here.</summary>
    Contradicted,
}

/// <summary>An edition whose bytes, signature and state agree. What is here already is not compared yet.</summary>
public sealed class CheckedEdition
{
    internal CheckedEdition(Edition edition, Hash256 file, byte[] signature, ReadOnlyMemory<byte> bytes)
    {
        (Edition, File, Signature, Bytes) = (edition, file, signature, bytes);
    }

    public Edition Edition { get; }

    /// <summary>SHA-256 of every line but the last.</summary>
    public Hash256 File { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>The file, to be handed on as it came.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }
}

/// <summary>The state digest that an application's fold gives these events under that authority.</summary>
public delegate Hash256 StateOf(IEnumerable<VerifiedEvent> events, Authority authority);

/// <summary>
/// Checks an edition from anywhere: it proves itself, for its genesis hashes to the group's id, the owner's keys
/// follow from the genesis, and its state is computed anew.
/// </summary>
public static class EditionCheck
{
    /// <summary>Null and the fault where anything is wrong. On any thread; nothing is changed.</summary>
    public static CheckedEdition? Check(
        GroupId group, Hash256 file, ReadOnlyMemory<byte> bytes, IPayloadSchema schema, IVerifier verifier,
        StateOf stateOf, out EditionFault fault)
    {
        fault = EditionFault.Malformed;
        if (EditionFile.TryRead(bytes) is not var (edition, hash, signature)) return null;
        fault = hash != file ? EditionFault.WrongFile : EditionFault.WrongGroup;
        if (hash != file || edition.Group != group) return null;
        fault = EditionFault.BadEvent;
        if (Read(edition, schema) is not { } events) return null;
        var authority = new Authority();
        foreach (var e in events)
            if (e.Content is not OwnerTransferred t || OwnerConsent.Holds(t, group, e.Header.Origin, verifier))
                authority.Apply(e);
        if (authority.Genesis is null) return null;
        fault = EditionFault.BadSignature;
        if (KeyInForce(events, authority.Owner, verifier) is not { } key) return null;
        if (!verifier.Verify(key, edition.SignedBytes(hash), signature)) return null;
        fault = stateOf(events, authority) == edition.StateRoot ? EditionFault.None : EditionFault.WrongState;
        return fault == EditionFault.None ? new CheckedEdition(edition, hash, signature, bytes) : null;
    }

    private static List<VerifiedEvent>? Read(Edition edition, IPayloadSchema schema)
    {
        var cuts = edition.Cuts.ToDictionary(cut => cut.Chain);
        var events = new List<VerifiedEvent>(edition.Events.Count);
        EventHeader? previous = null;
        foreach (var e in edition.Events)
        {
            if (!cuts.TryGetValue(e.Header.Chain, out var cut) || !Fits(e.Header, cut, previous)) return null;
            if (BatchCheck.CheckAlone(edition.Group, e, schema) != Refusal.None) return null;
            events.Add(new VerifiedEvent(edition.Group, e, BatchCheck.ReadContent(e, schema)));
            previous = e.Header;
        }

        return events;
    }

    private static bool Fits(EventHeader header, EditionCut cut, EventHeader? previous)
    {
        if (header.Seq > cut.Head.Seq || header.Hlc > cut.Hlc) return false;
        if (header.Seq == cut.Head.Seq && header.Id != cut.Head.Id) return false;
        if (previous is null || previous.Chain.CompareTo(header.Chain) < 0) return true;
        return previous.Chain == header.Chain && previous.Seq < header.Seq && previous.Hlc < header.Hlc;
    }

    /// <summary>
    /// The key after the owner's newest statement, on whichever of its chains. Statements prove themselves back to
    /// the first key, which the owner's NodeId is the hash of; keys that others overrule are passed over.
    /// </summary>
    private static PublicKey? KeyInForce(IEnumerable<VerifiedEvent> events, NodeId owner, IVerifier verifier)
    {
        var keys = new Dictionary<ChainId, KeyChain?>();
        KeyChain? current = null;
        foreach (var e in events.Where(e => e.Header.Origin == owner).OrderBy(e => e.Header.Hlc))
        {
            var known = keys.GetValueOrDefault(e.Header.Chain);
            var next = e.Content switch
            {
                GroupCreated genesis => KeyChain.Read(genesis.Keys, verifier),
                ChainOpened opened => KeyChain.Read(opened.Keys, verifier),
                KeyRecovered recovered => KeyChain.Read(recovered.Keys, verifier),
                KeyRotated rotated => known?.Rotate(rotated.Statement, verifier) ?? known,
                _ => null,
            };
            if (next?.Node != owner) continue;
            keys[e.Header.Chain] = next;
            if (current is null || !KeyStep.Overrules(current.Steps, next.Steps)) current = next;
        }

        return current?.Current;
    }
}
