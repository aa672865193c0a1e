namespace Anarchive.Log;

/// <summary>Where a chain ends for everybody.</summary>
/// <param name="Last">The last seq that newer keys, a removal or a void admission leave; null without any.</param>
/// <param name="Gate">
/// Another chain of its node forked, and nobody entitled has said that this one may go on: the rest does not stand.
/// </param>
/// <param name="Spared">Up to this seq it stands whatever the gate.</param>
public readonly record struct ChainEnd(long? Last, Hlc? Gate, long Spared);

/// <content>Which chains end where.</content>
internal sealed partial class Ruling
{
    // Unlike any seq, since no limit cannot be told apart from null in the table.
    private const long NoEnd = long.MaxValue;

    public ChainEnd EndOf(ChainId chain) => _ends.GetOrAdd(chain, c => EndAt(c, _facts.OpeningOf(c), 0));

    /// <summary>Why a node that signs with those keys may not open a chain; none where it may.</summary>
    public Refusal WhyNotOpen(ChainId chain, IReadOnlyList<KeyStep> steps)
    {
        if (ByKeys(chain, steps) == 0) return Refusal.ChainRevoked;
        return GateOf(chain, steps, _reigns.Count) is null ? Refusal.None : Refusal.ChainFrozen;
    }

    private ChainEnd EndAt(ChainId chain, Opening? opening, int depth)
    {
        var (gate, spared) = (GateOf(chain, opening?.Steps ?? [], _reigns.Count), SparedOf(chain, _reigns.Count));
        if (opening is null) return new ChainEnd(null, gate, spared);
        var last = Math.Min(ByKeys(opening), ByRemoval(opening));
        if (opening.Cited is { } cited && _facts.Admissions.ContainsKey(cited) && Admitted(cited, depth + 1) is null)
            last = 0;
        return new ChainEnd(last == NoEnd ? null : last, gate, spared);
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
        if (_facts.OpeningOf(e.Chain) is not { } opening)
            return GateOf(e.Chain, [], reigns) is not { } open || e.Hlc <= open || e.Seq <= SparedOf(e.Chain, reigns);
        if (e.Seq > ByKeys(opening)) return false;
        return GateOf(e.Chain, opening.Steps, reigns) is not { } gate
            || e.Hlc <= gate || e.Seq <= SparedOf(e.Chain, reigns);
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
        && !(GateOf(opening.Chain, opening.Steps, reigns: 0) < opening.Header.Hlc)
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

    /// <summary>
    /// The clock at which an honest copy last shared a past with a fork of the node, unless newer keys or an owner's
    /// word part this chain from it.
    /// </summary>
    private Hlc? GateOf(ChainId chain, IReadOnlyList<KeyStep> steps, int reigns)
    {
        Hlc? gate = null;
        foreach (var fork in _facts.Forks.GetValueOrDefault(chain.Origin, []))
        {
            if (fork.Chain == chain || (gate is { } known && known <= fork.Before)) continue;
            if (_facts.OpeningOf(fork.Chain) is { } forked && KeyStep.Overrules(steps, forked.Steps)) continue;
            if (EndorsementsOf(chain.Origin, reigns).Any(e => e.Chain == chain)) return null;
            gate = fork.Before;
        }

        return gate;
    }

    private long SparedOf(ChainId chain, int reigns) =>
        _facts.Endorsements.IsEmpty
            ? 0
            : EndorsementsOf(chain.Origin, reigns).Select(e => e.After.GetValueOrDefault(chain)).DefaultIfEmpty().Max();

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
