namespace Anarchive.Log;

/// <summary>The judgement of batches, rule by rule; see docs/protocol.md, "Intake".</summary>
public sealed partial class Replica
{
    /// <summary>
    /// A batch that starts past the head waits behind a parked one of its chain; otherwise it is refused.
    /// </summary>
    private Judgement AfterGap(CheckedBatch batch, Chain? chain)
    {
        if (Parking.EndOf(batch.Chain) is { } end && batch.FirstSeq <= end + 1)
        {
            return Parking.Has(batch.Chain, batch.FirstSeq)
                ? new Judgement.Duplicate()
                : new Judgement.Parked(new Wait.ForEvent(batch.Chain, batch.FirstSeq - 1));
        }

        return Refuse(Refusal.Gap, batch.FirstSeq);
    }

    /// <summary>Equal bytes at or below the head are skipped; different ones are a fork.</summary>
    private Judgement JudgeOverlap(
        CheckedBatch batch, Chain chain, long nowUnixMs, IReadOnlyDictionary<ChainId, long>? arriving)
    {
        var last = Math.Min(batch.LastSeq, chain.Stored.Seq);
        var theirs = batch.Events[(int)(last - batch.FirstSeq)].Header;
        // Ids cover the whole past, so one comparison settles every event up to it.
        if (HeadAt(chain.Id, last).Id == theirs.Id)
        {
            return batch.LastSeq <= chain.Stored.Seq
                ? new Judgement.Duplicate()
                : JudgeNext(batch, (int)(last - batch.FirstSeq) + 1, chain, nowUnixMs, arriving);
        }

        if (!IsSigned(batch, chain.Keys)) return Refuse(Refusal.BadSignature, batch.LastSeq);
        if (ProveFork(batch, chain) is not { } proof) return Refuse(Refusal.BadPrev, batch.FirstSeq);
        return new Judgement.Forked(proof, proof.DiffersAt()!.Value);
    }

    /// <summary>
    /// The batch continues a past that is not ours. Signed, it shows that the writer forked; the runs that prove it lie
    /// further back, so the sender is asked for them by this code.
    /// </summary>
    private Judgement.Refused JudgeForeignPast(CheckedBatch batch, Chain? chain) =>
        IsSigned(batch, chain?.Keys)
            ? Refuse(Refusal.Equivocation, batch.FirstSeq)
            : Refuse(Refusal.BadPrev, batch.FirstSeq);

    private Judgement JudgeNext(
        CheckedBatch batch, int skip, Chain? chain, long nowUnixMs, IReadOnlyDictionary<ChainId, long>? arriving)
    {
        var first = batch.Events[skip].Header;
        if (chain is not null && chain.Stored.Seq > 0 && first.Hlc <= chain.Hlc)
            return Refuse(Refusal.BadClock, first.Seq);
        var keys = chain?.Keys;
        if (first.Seq == 1)
        {
            var opening = JudgeOpening(batch, out keys);
            if (opening is not null) return opening;
        }

        if (!IsSigned(batch, keys)) return Refuse(Refusal.BadSignature, batch.LastSeq);
        if (batch.Events[^1].Header.Hlc.UnixMs > nowUnixMs + Limits.ClockAheadMsMax)
        {
            var due = batch.Events[^1].Header.Hlc.UnixMs - Limits.ClockAheadMsMax;
            return new Judgement.Parked(new Wait.ForClock(due));
        }

        for (var i = skip; i < batch.Events.Count; i++)
            if (Unresolved(batch.Events[i].Header, arriving) is { } missing) return new Judgement.Parked(missing);
        IReadOnlyList<VerifiedEvent> events = skip == 0 ? batch.Events : [.. batch.Events.Skip(skip)];
        return new Judgement.Accepted(new VerifiedBatch(Group.Id, events, batch.Source.Signature));
    }

    /// <summary>Seq 1 says who writes: its keys must hash to the origin, and an admission must pin them.</summary>
    private Judgement? JudgeOpening(CheckedBatch batch, out KeyChain? keys)
    {
        var first = batch.Events[0];
        keys = first.Content switch
        {
            GroupCreated genesis => KeyChain.Read(genesis.Keys, _verifier),
            ChainOpened opened => KeyChain.Read(opened.Keys, _verifier),
            KeyRecovered recovered => KeyChain.Read(recovered.Keys, _verifier),
            _ => null,
        };
        if (keys is null) return Refuse(Refusal.Malformed, 1);
        if (keys.Node != first.Header.Origin) return Refuse(Refusal.WrongChain, 1);
        if (_chainsOfOrigin.GetValueOrDefault(first.Header.Origin) >= Limits.ChainsPerOriginMax)
            return Refuse(Refusal.TooLarge, 1);
        if (!_chainsOfOrigin.ContainsKey(first.Header.Origin) && _chainsOfOrigin.Count >= Limits.OriginsPerGroupMax)
            return Refuse(Refusal.TooLarge, 1);
        // The group's id is the id of its genesis, so that one needs no admission. The founder's later chains cite it.
        if (first.Header.IsGenesis) return null;
        if (first.Header.Refs.Count == 0) return Refuse(Refusal.NotAMember, 1);
        if (Unresolved(first.Header, null) is { } missing) return new Judgement.Parked(missing);
        if (first.Header.Refs[0] != Authority.GenesisRef || keys.Node != Authority.Founder)
        {
            var pinned = Authority.InceptionAdmitted(first.Header.Refs[0], keys.Node);
            if (pinned != keys.Inception) return Refuse(Refusal.NotAMember, 1);
        }

        // Keys that newer ones have overruled open nothing, nor does a node that forked, without an owner's word.
        var why = Authority.WhyNotOpen(first.Header.Chain, first.Header.Hlc, keys.Steps);
        return why == Refusal.None ? null : Refuse(why, 1);
    }

    /// <summary>
    /// The first ref whose event is not here yet; below a cut, past a fork or revocation counts as here.
    /// </summary>
    private Wait.ForEvent? Unresolved(EventHeader header, IReadOnlyDictionary<ChainId, long>? arriving)
    {
        for (var i = 0; i < header.Refs.Count; i++)
        {
            var target = header.Refs[i];
            if (target.Chain == header.Chain) continue;
            if (IsResolved(target.Chain, target.Seq)) continue;
            if (arriving is null || arriving.GetValueOrDefault(target.Chain) < target.Seq)
                return new Wait.ForEvent(target.Chain, target.Seq);
        }

        return null;
    }

    private bool IsSigned(CheckedBatch batch, KeyChain? keys)
    {
        if (keys is null) return false;
        return batch.SignedBy == keys.Current || BatchCheck.SignatureHolds(batch.Source, keys.Current, _verifier);
    }

    /// <summary>
    /// Our signed run and theirs around the first seq at which they differ; null when it is not in the batch.
    /// </summary>
    private ForkProof? ProveFork(CheckedBatch batch, Chain chain)
    {
        var after = batch.FirstSeq - 1;
        while (_store.Read(Group.Id, chain.Id, after, Limits.BatchEventsMax, Limits.BatchBytesMax) is { } ours)
        {
            var proof = new ForkProof(ours, batch.Source);
            if (proof.DiffersAt() is not null) return proof;
            after = ours.LastSeq;
            if (after >= batch.LastSeq) break;
        }

        return null;
    }
}
