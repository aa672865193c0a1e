namespace Anarchive.Log;

/// <summary>
/// One group on this node: its chains, keys and ranks, and the judgement of every batch that wants to join them.
/// </summary>
/// <remarks>
/// Pure but for reads of the store: no clock, no waiting. One thread owns it. A batch passes in two steps, so that the
/// costly one runs beside the writer: <see cref="BatchCheck.Check"/> compares its bytes with themselves,
/// <see cref="Judge"/> compares it with what is here. The caller appends what was accepted and says so with
/// <see cref="Appended"/>; nothing may be acknowledged before the store's commit.
/// </remarks>
public sealed partial class Replica
{
    private readonly SortedDictionary<ChainId, Chain> _chains = [];
    private readonly Dictionary<NodeId, int> _chainsOfOrigin = [];
    private readonly IEventStore _store;
    private readonly IVerifier _verifier;
    private readonly IPayloadSchema _schema;

    private Replica(StoredGroup group, IEventStore store, IVerifier verifier, IPayloadSchema schema)
    {
        (Group, _store, _verifier, _schema) = (group, store, verifier, schema);
        Parking = new Parking(group.Id, store);
    }

    public StoredGroup Group { get; }

    public Authority Authority { get; } = new();

    public Parking Parking { get; }

    /// <summary>What may be advertised once the store has committed.</summary>
    public VersionVector Vector { get; private set; } = VersionVector.Empty;

    /// <summary>True after a fork, a removal or an edition moved what may be seen: state must be folded anew.</summary>
    public bool NeedsRefold { get; private set; }

    /// <summary>Opens a group from the store: heads, forks, and the indexed events of keys and authority.</summary>
    public static Replica Load(StoredGroup group, IEventStore store, IVerifier verifier, IPayloadSchema schema)
    {
        var replica = new Replica(group, store, verifier, schema);
        foreach (var stored in store.Chains(group.Id))
        {
            if (stored.Head.Seq == 0) continue;
            var chain = replica.ChainFor(stored.Chain);
            chain.Advance(stored.Head, stored.Hlc);
            chain.Cut = stored.Cut;
        }

        foreach (var e in store.AuthorityEvents(group.Id))
            replica.TakeAuthority(new VerifiedEvent(group.Id, e, BatchCheck.ReadContent(e, schema)));
        foreach (var fork in store.Forks(group.Id)) replica.TakeFork(replica.ChainFor(fork.Chain), fork.Seq);
        replica.ApplyCuts();
        replica.NeedsRefold = false;
        replica.Parking.Load();
        return replica;
    }

    public Chain? Find(ChainId chain) => _chains.GetValueOrDefault(chain);

    public IEnumerable<Chain> Chains => _chains.Values;

    /// <summary>The key a batch of that chain would be checked with, as far as is known now.</summary>
    public PublicKey? KeyOf(ChainId chain) => Find(chain)?.Keys?.Current;

    /// <summary>
    /// Compares a checked batch with what is here. Changes nothing. Refs up to <paramref name="arriving"/> count as
    /// here: those batches are about to be appended in the same transaction.
    /// </summary>
    public Judgement Judge(
        CheckedBatch batch, long nowUnixMs, IReadOnlyDictionary<ChainId, long>? arriving = null)
    {
        var chain = Find(batch.Chain);
        if (chain is { LastSeqAllowed: var allowed } && batch.FirstSeq > allowed)
            return Refuse(chain.WhyEnded, batch.FirstSeq);
        var head = chain?.Stored ?? default;
        if (batch.FirstSeq > head.Seq + 1) return AfterGap(batch, chain);
        if (batch.FirstSeq <= (chain?.Cut ?? 0)) return Refuse(Refusal.BehindEdition, batch.FirstSeq);
        if (batch.FirstSeq <= head.Seq) return JudgeOverlap(batch, chain!, nowUnixMs, arriving);
        if (batch.Events[0].Header.Prev != head.Id) return JudgeForeignPast(batch, chain);
        return JudgeNext(batch, 0, chain, nowUnixMs, arriving);
    }

    /// <summary>
    /// Takes over a batch that the store now holds (committed or not) and returns the events to fold: all of it,
    /// less what lies past a fork or a revocation.
    /// </summary>
    public VerifiedBatch? Appended(VerifiedBatch batch)
    {
        var chain = ChainFor(batch.Chain);
        chain.Advance(batch.Head, batch.LastHlc);
        var before = Authority.Facts;
        foreach (var e in batch.Events) TakeAuthority(e);
        // The proof of a fork may come before what the two histories share.
        var showsFork = chain.ForkedAt - 1 >= batch.FirstSeq;
        if (showsFork) TakeFork(chain, chain.ForkedAt!.Value);
        // An admission or a grant ends no chain; where members are many, most events of authority are these.
        if (!ReferenceEquals(Authority.Facts, before)
            && (showsFork || batch.Events.Any(e => EngineKinds.EndsChains(e.Header.Kind)))) ApplyCuts();
        if (chain.Visible.Seq == batch.Head.Seq)
        {
            Vector = Vector.With(chain.Id, chain.Visible);
            return batch;
        }

        return UpTo(batch, chain);
    }

    /// <summary>
    /// Freezes a chain before <paramref name="seq"/>; a fork further on than a known one changes nothing.
    /// </summary>
    public bool Freeze(ChainId id, long seq)
    {
        var chain = ChainFor(id);
        if (chain.ForkedAt <= seq) return false;
        TakeFork(chain, seq);
        ApplyCuts();
        return true;
    }

    /// <summary>
    /// True when the proof stands against a chain of this group and freezes more than is frozen already.
    /// </summary>
    public bool Accepts(ForkProof proof)
    {
        var chain = Find(proof.Left.Chain);
        if (proof.DiffersAt() is not { } seq || chain?.ForkedAt <= seq) return false;
        var keys = chain?.Keys ?? KeysIn(proof.Left.Events[0]) ?? KeysIn(ParkedOpening(proof.Left.Chain));
        return keys is not null && proof.Holds(Group.Id, keys.Current, _verifier);
    }

    /// <summary>
    /// The keys in an opening that is not taken in: its chain forked at once, or it waits for chains that cite what
    /// lies past its fork. Both would wait for ever. The keys hash to the origin, so it is the origin that signed
    /// twice, member or not.
    /// </summary>
    private KeyChain? KeysIn(Event? opening)
    {
        if (opening?.Header is not { Seq: 1, Origin: var origin }) return null;
        if (opening.Payload?.Hash() != opening.Header.PayloadHash) return null;
        if (_chainsOfOrigin.Count >= Limits.OriginsPerGroupMax
            || _chainsOfOrigin.GetValueOrDefault(origin) >= Limits.ChainsPerOriginMax) return null;
        var keys = BatchCheck.ReadContent(opening, _schema) switch
        {
            ChainOpened opened => KeyChain.Read(opened.Keys, _verifier),
            KeyRecovered recovered => KeyChain.Read(recovered.Keys, _verifier),
            _ => null,
        };
        return keys?.Node == origin ? keys : null;
    }

    private Event? ParkedOpening(ChainId chain) => _store.FindParked(Group.Id, chain, firstSeq: 1) is { } parked
        ? BatchFraming.TryRead(parked.Frame, out _)?.Events[0]
        : null;

    /// <summary>True when waiting for that event would be pointless: it is here, or will never be seen.</summary>
    public bool IsResolved(ChainId id, long seq) =>
        Find(id) is { Stored.Seq: > 0 } chain
            ? seq <= chain.Stored.Seq || seq > chain.LastSeqAllowed
            : seq > Find(id)?.LastSeqAllowed || Authority.MayBeGated(id);

    /// <summary>Says that folded state has been made anew from what may be seen.</summary>
    public void Refolded() => NeedsRefold = false;

    private static Judgement.Refused Refuse(Refusal why, long seq) => new(why, seq);

    private Chain ChainFor(ChainId id)
    {
        if (_chains.TryGetValue(id, out var known)) return known;
        var chain = new Chain(id);
        _chains.Add(id, chain);
        _chainsOfOrigin[id.Origin] = _chainsOfOrigin.GetValueOrDefault(id.Origin) + 1;
        return chain;
    }

    private void TakeFork(Chain chain, long seq)
    {
        chain.ForkedAt = seq;
        var shared = seq == 1 ? null : _store.Find(Group.Id, new Position(chain.Id, seq - 1));
        Authority.Fork(chain.Id, seq, shared?.Header.Hlc);
    }

    private void TakeAuthority(VerifiedEvent e)
    {
        if (e.Content is null || !EngineKinds.OfAuthority.Contains(e.Header.Kind)) return;
        var chain = ChainFor(e.Header.Chain);
        switch (e.Content)
        {
            case GroupCreated genesis:
                chain.Keys = KeyChain.Read(genesis.Keys, _verifier);
                break;
            case ChainOpened opened:
                chain.Keys = KeyChain.Read(opened.Keys, _verifier);
                break;
            case KeyRecovered recovered:
                chain.Keys = KeyChain.Read(recovered.Keys, _verifier);
                break;
            case OwnerTransferred transfer when !OwnerConsent.Holds(transfer, Group.Id, e.Header.Origin, _verifier):
                // Nobody is made an owner without a word of its own.
                return;
            case KeyRotated rotated:
                // An invalid rotation is inert: the old key stays in force.
                chain.Keys = chain.Keys?.Rotate(rotated.Statement, _verifier) ?? chain.Keys;
                return;
        }

        Authority.Apply(e);
    }

    /// <summary>Brings every chain's visible head in line with forks and removals.</summary>
    private void ApplyCuts()
    {
        var vector = VersionVector.Empty;
        foreach (var chain in _chains.Values)
        {
            chain.Floor = Math.Max(chain.Cut, Authority.FloorOf(chain.Id));
            var end = Authority.EndOf(chain.Id);
            (chain.RevokedAfter, chain.GatedAfter) = (end.Last, end.GatedAfter);
            var seq = Math.Min(chain.Stored.Seq, chain.LastSeqAllowed);
            if (seq != chain.Visible.Seq)
            {
                // Less is seen, or, where an edition vouches for what a fork had hidden, more.
                NeedsRefold = true;
                chain.CutVisible(seq == chain.Stored.Seq ? chain.Stored : HeadAt(chain.Id, seq));
            }

            if (chain.Visible.Seq > 0) vector = vector.With(chain.Id, chain.Visible);
        }

        Vector = vector;
    }

    /// <summary>The head a chain had at a seq that lies at its cut or past it.</summary>
    internal Head HeadAt(ChainId chain, long seq)
    {
        if (seq == 0) return default;
        if (Find(chain) is { } known && known.Stored.Seq == seq) return known.Stored;
        // A cut may have dropped the event itself, but none that follows.
        var id = _store.Find(Group.Id, new Position(chain, seq))?.Header.Id
            ?? _store.Find(Group.Id, new Position(chain, seq + 1))?.Header.Prev
            ?? throw new InvalidOperationException("An event below a chain's head is missing from the store.");
        return new Head(seq, id);
    }

    private VerifiedBatch? UpTo(VerifiedBatch batch, Chain chain)
    {
        var allowed = chain.LastSeqAllowed;
        var seen = batch.Events.Where(e => e.Header.Seq <= allowed).ToArray();
        if (seen.Length == 0) return null;
        var head = seen[^1].Header;
        chain.CutVisible(new Head(head.Seq, head.Id));
        Vector = Vector.With(chain.Id, chain.Visible);
        return new VerifiedBatch(batch.Group, seen, batch.Signature);
    }
}
