namespace Anarchive.Log;

/// <summary>
/// A batch whose bytes agree with themselves: sizes, hashes, links, clock order. Standing is not judged yet.
/// </summary>
/// <remarks>Made beside the writer, on any thread: this is the part of intake that costs time.</remarks>
public sealed class CheckedBatch
{
    internal CheckedBatch(GroupId group, Batch source, IReadOnlyList<VerifiedEvent> events, PublicKey? signedBy)
    {
        Group = group;
        Source = source;
        Events = events;
        SignedBy = signedBy;
    }

    public GroupId Group { get; }

    public Batch Source { get; }

    public ChainId Chain => Source.Chain;

    public long FirstSeq => Source.FirstSeq;

    public long LastSeq => Source.LastSeq;

    internal IReadOnlyList<VerifiedEvent> Events { get; }

    /// <summary>The key the signature was checked with already; null when that is left to the judge.</summary>
    internal PublicKey? SignedBy { get; }
}

/// <summary>What a batch of untrusted events can be refused for without knowing any state.</summary>
public static class BatchCheck
{
    /// <summary>
    /// Checks framing rules, group, chain, seqs, links, clock order and payload hashes, reads the payloads, and, where
    /// <paramref name="key"/> is given, the signature. Null with the first refusal otherwise.
    /// </summary>
    public static CheckedBatch? Check(
        GroupId group, Batch batch, IPayloadSchema schema, IVerifier verifier, PublicKey? key, out Refusal refusal)
    {
        var events = new VerifiedEvent[batch.Events.Count];
        refusal = CheckSize(batch);
        EventHeader? previous = null;
        for (var i = 0; i < events.Length && refusal == Refusal.None; i++)
        {
            var e = batch.Events[i];
            refusal = CheckHeader(group, e.Header, previous);
            if (refusal == Refusal.None) refusal = CheckPayload(e, schema);
            if (refusal != Refusal.None) return null;
            // A key change is always signed, so that no later event in the run needs a key found inside it.
            if (e.Header.Kind == EngineKinds.KeyRotated && i != events.Length - 1) refusal = Refusal.BadSignature;
            events[i] = new VerifiedEvent(group, e, ReadContent(e, schema));
            previous = e.Header;
        }

        if (refusal != Refusal.None) return null;
        if (key is { } known && !SignatureHolds(batch, known, verifier)) key = null;
        return new CheckedBatch(group, batch, events, key);
    }

    /// <summary>
    /// Reads a run back from our own store: hashes and links again, since disks fail, but not the signature.
    /// Null when the stored bytes no longer agree with themselves.
    /// </summary>
    public static VerifiedBatch? Replay(GroupId group, Batch stored, IPayloadSchema schema)
    {
        var events = new VerifiedEvent[stored.Events.Count];
        EventHeader? previous = null;
        for (var i = 0; i < events.Length; i++)
        {
            var e = stored.Events[i];
            if (CheckHeader(group, e.Header, previous) != Refusal.None) return null;
            if (e.Payload is { } payload && payload.Hash() != e.Header.PayloadHash) return null;
            events[i] = new VerifiedEvent(group, e, ReadContent(e, schema));
            previous = e.Header;
        }

        return new VerifiedBatch(group, events, stored.Signature);
    }

    /// <summary>
    /// Reads events back that a cut has left, in seq order but with gaps. Null when the stored bytes no longer agree
    /// with themselves.
    /// </summary>
    public static VerifiedBatch? ReplayKept(GroupId group, IReadOnlyList<Event> kept, IPayloadSchema schema)
    {
        var events = new VerifiedEvent[kept.Count];
        for (var i = 0; i < events.Length; i++)
        {
            if (CheckAlone(group, kept[i], schema) != Refusal.None) return null;
            events[i] = new VerifiedEvent(group, kept[i], ReadContent(kept[i], schema));
        }

        return new VerifiedBatch(group, events, signature: default);
    }

    /// <summary>
    /// A stored event with the payload it lacked; null where the payload is not the one its header promises.
    /// </summary>
    public static VerifiedEvent? Fill(GroupId group, Event hollow, Payload payload, IPayloadSchema schema)
    {
        var whole = new Event(hollow.Header, payload);
        return CheckPayload(whole, schema) == Refusal.None
            ? new VerifiedEvent(group, whole, ReadContent(whole, schema))
            : null;
    }

    /// <summary>Ed25519 (RFC 8032) over the batch's last event.</summary>
    public static bool SignatureHolds(Batch batch, PublicKey key, IVerifier verifier) =>
        batch.Signature.Length == BatchFraming.SignatureBytes
        && verifier.Verify(key, Batch.SignedBytes(batch.Events[^1].Header), batch.Signature.Span);

    internal static object? ReadContent(Event e, IPayloadSchema schema)
    {
        if (e.Payload is not { } payload) return null;
        return EngineKinds.Schema.Read(e.Header.Kind, payload.Bytes.Span)
            ?? schema.Read(e.Header.Kind, payload.Bytes.Span);
    }

    /// <summary>What an event can be refused for without the one before it.</summary>
    internal static Refusal CheckAlone(GroupId group, Event e, IPayloadSchema schema)
    {
        var refusal = CheckHeader(group, e.Header, previous: null);
        return refusal == Refusal.None ? CheckPayload(e, schema) : refusal;
    }

    private static Refusal CheckSize(Batch batch)
    {
        if (batch.Events.Count is 0) return Refusal.Malformed;
        if (batch.Events.Count > Limits.BatchEventsMax) return Refusal.RunTooLong;
        return BatchFraming.FramedBytes(batch) > Limits.BatchBytesMax + BatchFraming.PrefixBytes
            ? Refusal.TooLarge
            : Refusal.None;
    }

    private static Refusal CheckHeader(GroupId group, EventHeader header, EventHeader? previous)
    {
        if (header.EffectiveGroup != group) return Refusal.WrongGroup;
        var opens = EngineKinds.IsOpening(header.Kind);
        if (header.IsGenesis != (header.Kind == EngineKinds.GroupCreated)) return Refusal.WrongGroup;
        if (opens != (header.Seq == 1)) return Refusal.Malformed;
        if (header.Seq == 1 && !header.Prev.Value.IsZero) return Refusal.BadPrev;
        if (previous is null) return Refusal.None;
        if (header.Chain != previous.Chain) return Refusal.WrongChain;
        if (header.Seq != previous.Seq + 1) return Refusal.Gap;
        if (header.Prev != previous.Id) return Refusal.BadPrev;
        return header.Hlc > previous.Hlc ? Refusal.None : Refusal.BadClock;
    }

    private static Refusal CheckPayload(Event e, IPayloadSchema schema)
    {
        if (e.Payload is not { } payload)
        {
            var required = EngineKinds.Schema.RequiresPayload(e.Header.Kind) || schema.RequiresPayload(e.Header.Kind);
            return required ? Refusal.PayloadRequired : Refusal.None;
        }

        if (payload.Salt.Length != Limits.SaltBytes || payload.Bytes.Length != e.Header.PayloadLength)
            return Refusal.Malformed;
        return payload.Hash() == e.Header.PayloadHash ? Refusal.None : Refusal.BadPayloadHash;
    }
}
