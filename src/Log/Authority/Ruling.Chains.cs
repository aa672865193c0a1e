namespace Anarchive.Log;

/// <summary>Where a chain ends for everybody.</summary>
/// <param name="Last">The last seq that newer keys, a removal or a void admission leave; null without any.</param>
/// <param name="GatedAfter">
/// It was opened after another chain of its node had forked, and nobody entitled has said that it may go on: nothing
/// past this seq stands. Null where it was not.
/// </param>
public readonly record struct ChainEnd(long? Last, long? GatedAfter);

/// <content>Which chains end where.</content>
internal sealed partial class Ruling
{
    // Unlike any seq, since no limit cannot be told apart from null in the table.
    private const long NoEnd = long.MaxValue;

    public ChainEnd EndOf(ChainId chain) => _ends.GetOrAdd(chain, c => EndAt(c, _facts.OpeningOf(c), 0));

    /// <summary>Why a node that signs with those keys may not open a chain at that clock; none where it may.</summary>
    public Refusal WhyNotOpen(ChainId chain, Hlc at, IReadOnlyList<KeyStep> steps)
    {
        if (ByKeys(chain, steps) == 0) return Refusal.ChainRevoked;
        return IsGated(chain, at, steps, _reigns.Count) ? Refusal.ChainFrozen : Refusal.None;
    }

    public bool MayBeGated(ChainId chain) => GatesOf(chain.Origin).Any(f => f.Chain != chain);

    private ChainEnd EndAt(ChainId chain, Opening? opening, int depth)
    {
        if (opening is null) return default;
        var gated = GatedAfter(opening, _reigns.Count);
        var last = Math.Min(ByKeys(opening), ByRemoval(opening));
        if (opening.Cited is { } cited && _facts.Admissions.ContainsKey(cited) && Admitted(cited, depth + 1) is null)
            last = 0;
        return new ChainEnd(last == NoEnd ? null : last, gated);
    }

    /// <summary>True where neither keys, forks, removals nor admissions take the event back.</summary>
    private bool IsSeen(EventHeader e, int depth)
    {
        if (e.Seq <= _floors.SeqOf(e.Chain)) return true;
        if (depth >= DepthMax || !Stands(e, _reigns.Count)) return false;
        return _facts.OpeningOf(e.Chain) is not { } opening || !(e.Seq > EndAt(e.Chain, opening, depth).Last);
    }

    /// <summary>True where neither keys nor forks take the event back, by what the first reigns have decided.</summary>
    private bool Stands(EventHeader e, int reigns)
    {
        if (e.Seq <= _floors.SeqOf(e.Chain)) return true;
        var forks = _facts.Forks.GetValueOrDefault(e.Origin, []);
        if (forks.Any(f => f.Chain == e.Chain && f.Seq <= e.Seq)) return false;
        if (_facts.OpeningOf(e.Chain) is not { } opening) return true;
        return e.Seq <= ByKeys(opening) && !(e.Seq > GatedAfter(opening, reigns));
    }

    /// <summary>
    /// Chains opened with newer keys say where a chain ends. Of several that do, the one that saw most is believed:
    /// they are of one node, and an older copy of it knows less.
    /// </summary>
    private long ByKeys(Opening mine)
    {
        if (_byKeys.TryGetValue(mine.Chain, out var known)) return known;
        return _byKeys[mine.Chain] = ByKeys(mine.Chain, mine.Steps);
    }

    private long ByKeys(ChainId chain, IReadOnlyList<KeyStep> steps)
    {
        var last = NoEnd;
        foreach (var other in _facts.Openings.GetValueOrDefault(chain.Origin, []))
        {
            if (other.After is not { } after || !KeyStep.Overrules(other.Steps, steps) || !Counts(other)) continue;
            var end = after.GetValueOrDefault(chain);
            last = last == NoEnd ? end : Math.Max(last, end);
        }

        return last;
    }

    private bool Counts(Opening opening) =>
        ByKeys(opening) > 0
        && !IsGated(opening.Chain, opening.Header.Hlc, opening.Steps, reigns: 0)
        && !_facts.Forks.GetValueOrDefault(opening.Chain.Origin, []).Any(f => f.Chain == opening.Chain && f.Seq == 1);

    private long ByRemoval(Opening opening)
    {
        var admission = opening.Cited is { } cited && _facts.Admissions.TryGetValue(cited, out var admitted)
            ? admitted.Writer
            : opening.Chain.Origin == _facts.GenesisHeader?.Origin ? _facts.GenesisHeader : null;
        if (admission is null) return NoEnd;
        var last = NoEnd;
        foreach (var removal in RemovalsAfter(opening.Chain.Origin, admission))
            last = Math.Min(last, removal.After.GetValueOrDefault(opening.Chain));
        return Math.Max(last, _pins.GetValueOrDefault(opening.Chain));
    }

    private long? GatedAfter(Opening opening, int reigns) =>
        !IsGated(opening.Chain, opening.Header.Hlc, opening.Steps, reigns) ? null
        : _facts.Endorsements.IsEmpty ? 0
        : EndorsementsOf(opening.Chain.Origin, reigns)
            .Select(e => e.After.GetValueOrDefault(opening.Chain)).DefaultIfEmpty().Max();

    /// <summary>
    /// A chain opened past the last clock that the two histories of a fork share was opened by one of two copies.
    /// It may go on where newer keys, or an owner's word, tell it from the other.
    /// </summary>
    private bool IsGated(ChainId chain, Hlc at, IReadOnlyList<KeyStep> steps, int reigns)
    {
        foreach (var fork in GatesOf(chain.Origin))
        {
            if (fork.Chain == chain || at <= fork.Before) continue;
            if (_facts.OpeningOf(fork.Chain) is { } forked && KeyStep.Overrules(steps, forked.Steps)) continue;
            return EndorsementsOf(chain.Origin, reigns).All(e => e.Chain != chain);
        }

        return false;
    }

    // Where an edition covers what a fork shares, whoever joined by the edition cannot tell its clock. Nor is there
    // one where the copies parted at a chain's first event.
    private IEnumerable<ForkFact> GatesOf(NodeId node) => _facts.Forks.GetValueOrDefault(node, [])
        .Where(f => f.Before is not null && f.Seq - 1 > _floors.SeqOf(f.Chain));

    // An owner speaks for others, never for itself; and none is judged by what a later owner says.
    private IEnumerable<Endorsed> EndorsementsOf(NodeId node, int reigns)
    {
        foreach (var endorsed in _facts.Endorsements.GetValueOrDefault(node, []))
        {
            if (endorsed.Writer.Origin == node) continue;
            var reign = _reigns.FindIndex(0, Math.Min(reigns, _reigns.Count), r => r.Holds(endorsed.Writer));
            if (reign >= 0 && Stands(endorsed.Writer, reign)) yield return endorsed;
        }
    }
}
