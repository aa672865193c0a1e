namespace Anarchive.Log;

/// <summary>Writes this node's own chain in one group: turns drafts into a signed run that follows the head.</summary>
/// <remarks>Pure: time and randomness are handed in. One thread owns it, the one that owns the replica.</remarks>
public sealed class Composer(
    Replica replica,
    ISigner signer,
    IReadOnlyList<KeyStatement> statements,
    ChainId own,
    IRandomSource random,
    IPayloadSchema schema)
{
    /// <summary>Why nothing may be written now; <see cref="Refusal.None"/> when it may.</summary>
    public Refusal Standing()
    {
        if (replica.Authority.Genesis is null) return Refusal.NotReady;
        if (!replica.Authority.IsMember(own.Origin)) return Refusal.NotAMember;
        if (replica.Find(own) is { Stored.Seq: > 0 } chain) return chain.WhyEnded;
        return replica.Authority.WhyNotOpen(own, Hlc.Max, KeyChain.StepsOf(statements) ?? []);
    }

    /// <summary>The genesis of a new group: its id follows from the run.</summary>
    public static (GroupId Group, Batch Run) Found(
        ReadOnlyMemory<byte> payload, ChainId own, ISigner signer, IRandomSource random, long nowUnixMs)
    {
        var draft = new Draft(EngineKinds.GroupCreated, payload, []);
        var first = Write(default, own, default, Hlc.FromUnixMs(nowUnixMs), draft, random);
        return (first.Header.EffectiveGroup, new Batch([first], signer.Sign(Batch.SignedBytes(first.Header))));
    }

    /// <summary>
    /// One signed run per call, at most <see cref="Limits.RunEventsMax"/> drafts. Opens the chain first where this
    /// node has not written here before. The clock is at least the latest this replica has seen, so an event never
    /// looks older than what its writer had read.
    /// </summary>
    public VerifiedBatch Compose(IReadOnlyList<Draft> drafts, Hlc latestSeen, long nowUnixMs)
    {
        var chain = replica.Find(own);
        var head = chain?.Stored ?? default;
        var clock = chain is null || latestSeen > chain.Hlc ? latestSeen : chain.Hlc;
        var events = new List<Event>(drafts.Count + 1);
        if (head.Seq == 0) Add(Opening());
        foreach (var draft in drafts) Add(draft);
        var signature = signer.Sign(Batch.SignedBytes(events[^1].Header));
        return BatchCheck.Replay(replica.Group.Id, new Batch(events, signature), schema)
            ?? throw new InvalidOperationException("A run of our own does not agree with itself.");

        void Add(Draft draft)
        {
            clock = Hlc.Next(clock, nowUnixMs);
            var e = Write(replica.Group.Id, own, head, clock, draft, random);
            head = new Head(e.Header.Seq, e.Header.Id);
            events.Add(e);
        }
    }

    private static Event Write(GroupId group, ChainId own, Head head, Hlc hlc, Draft draft, IRandomSource random)
    {
        if (draft.Payload.Length > Limits.PayloadBytesMax)
            throw new ArgumentException("A payload is at most 64 KiB.", nameof(draft));
        var salt = new byte[Limits.SaltBytes];
        random.Fill(salt);
        var payload = new Payload(salt, draft.Payload);
        var header = EventHeader.Write(new EventFields
        {
            Kind = draft.Kind,
            Group = group,
            Chain = own,
            Seq = head.Seq + 1,
            Prev = head.Id,
            Hlc = hlc,
            PayloadLength = draft.Payload.Length,
            PayloadHash = payload.Hash(),
            Refs = draft.Refs,
        });
        return new Event(header, payload);
    }

    private Draft Opening()
    {
        // A founder was admitted by nobody, unless it was removed and came back.
        var cited = replica.Authority.AdmissionOf(own.Origin) ?? replica.Authority.GenesisRef;
        var after = statements.Count > 1 ? replica.Vector.ReachOf(own.Origin) : null;
        return statements[^1].RecoveryKey is null
            ? new Draft(EngineKinds.ChainOpened, EngineKinds.Write(new ChainOpened(statements, after)), [cited])
            : new Draft(EngineKinds.KeyRecovered, EngineKinds.Write(new KeyRecovered(statements, after!)), [cited]);
    }
}
