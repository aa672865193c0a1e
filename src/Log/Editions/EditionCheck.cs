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

/// <summary>
/// An edition that its group's owner signed. Its events are in place; their payloads and the state are not checked yet.
/// </summary>
public sealed class CheckedEdition
{
    internal CheckedEdition(Edition edition, EditionSeal seal, IReadOnlyList<VerifiedEvent> ranks)
    {
        (Edition, Seal, Ranks) = (edition, seal, ranks);
    }

    public Edition Edition { get; }

    public EditionSeal Seal { get; }

    /// <summary>Its events of keys and ranks, checked: by them the others are judged.</summary>
    public IReadOnlyList<VerifiedEvent> Ranks { get; }
}

/// <summary>
/// Checks an edition from anywhere: it proves itself, for its genesis hashes to the group's id, the owner's keys
/// follow from the genesis, and its state is computed anew by whoever takes it over.
/// </summary>
/// <remarks>
/// In two passes over the lines, neither of which holds more than a run of them: first order and signature, beside the
/// writer; then, as they are taken over, what each event hashes to.
/// </remarks>
public static class EditionCheck
{
    /// <summary>
    /// Null and the fault where anything is wrong. The pieces have been compared with the seal by then. On any thread;
    /// nothing is changed.
    /// </summary>
    public static CheckedEdition? Check(
        GroupId group, Hash256 file, EditionSeal seal, IEnumerable<ReadOnlyMemory<byte>> lines, IPayloadSchema schema,
        IVerifier verifier, out EditionFault fault)
    {
        fault = EditionFault.WrongFile;
        if (seal.Name != file) return null;
        fault = EditionFault.Malformed;
        using var line = lines.GetEnumerator();
        if (!line.MoveNext() || EditionFile.TryRead(line.Current.Span) is not { } edition) return null;
        fault = EditionFault.WrongGroup;
        if (edition.Group != group) return null;
        if (Ranks(edition, line, schema, out fault) is not { } ranks) return null;
        var authority = new Authority();
        foreach (var e in ranks)
            if (e.Content is not OwnerTransferred t || OwnerConsent.Holds(t, group, e.Header.Origin, verifier))
                authority.Apply(e);
        fault = EditionFault.BadEvent;
        if (authority.Genesis is null) return null;
        fault = EditionFault.BadSignature;
        if (KeyInForce(ranks, authority.Owner, verifier) is not { } key) return null;
        if (!verifier.Verify(key, edition.SignedBytes(file), seal.Signature.Span)) return null;
        fault = EditionFault.None;
        return new CheckedEdition(edition, seal, ranks);
    }

    /// <summary>
    /// Its events as runs of one chain each, every one checked; ends with a null where one does not agree with itself.
    /// </summary>
    public static IEnumerable<VerifiedBatch?> Runs(
        CheckedEdition edition, IEnumerable<ReadOnlyMemory<byte>> lines, IPayloadSchema schema)
    {
        var run = new List<Event>();
        foreach (var line in lines.Skip(1))
        {
            if (EditionFile.TryReadEvent(line.Span) is not { } e)
            {
                yield return null;
                yield break;
            }

            if (run.Count == Limits.BatchEventsMax || (run.Count > 0 && run[0].Header.Chain != e.Header.Chain))
            {
                var batch = BatchCheck.ReplayKept(edition.Edition.Group, run, schema);
                yield return batch;
                if (batch is null) yield break;
                run.Clear();
            }

            run.Add(e);
        }

        if (run.Count > 0) yield return BatchCheck.ReplayKept(edition.Edition.Group, run, schema);
    }

    /// <summary>Walks every header for its place, and keeps the events of keys and ranks.</summary>
    private static List<VerifiedEvent>? Ranks(
        Edition edition, IEnumerator<ReadOnlyMemory<byte>> lines, IPayloadSchema schema, out EditionFault fault)
    {
        var cuts = edition.Cuts.ToDictionary(cut => cut.Chain);
        var ranks = new List<VerifiedEvent>();
        EventHeader? previous = null;
        while (lines.MoveNext())
        {
            fault = EditionFault.Malformed;
            if (EditionFile.TryReadHeader(lines.Current.Span) is not { } header) return null;
            fault = EditionFault.BadEvent;
            if (!cuts.TryGetValue(header.Chain, out var cut) || !Fits(header, cut, previous)) return null;
            previous = header;
            if (!EngineKinds.OfAuthority.Contains(header.Kind)) continue;
            if (EditionFile.TryReadEvent(lines.Current.Span) is not { } e) return null;
            if (BatchCheck.CheckAlone(edition.Group, e, schema) != Refusal.None) return null;
            ranks.Add(new VerifiedEvent(edition.Group, e, BatchCheck.ReadContent(e, schema)));
        }

        fault = EditionFault.None;
        return ranks;
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
