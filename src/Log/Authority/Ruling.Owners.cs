using System.Collections.Immutable;

namespace Anarchive.Log;

/// <content>Who owned the group after whom.</content>
internal sealed partial class Ruling
{
    // A group changes hands a few times; a list without end would be somebody's game.
    private const int ReignsMax = 256;

    /// <summary>Goes from owner to owner, as far as transfers and successions lead.</summary>
    private void FollowOwners()
    {
        while (_reigns.Count < ReignsMax && Next() is var (until, next) && next is not null)
        {
            _reigns[^1] = _reigns[^1] with { Until = until };
            _reigns.Add(next);
            Raise();
        }
    }

    /// <summary>
    /// What ends the last reign: the owner's first transfer, unless moderators who had not seen it put in an heir.
    /// </summary>
    private (ImmutableDictionary<ChainId, long> Until, Reign? Next) Next()
    {
        var current = _reigns[^1];
        var transfer = First(_facts.Transfers.Where(t => IsTransfer(t, current)), t => t.Writer);
        var heirs = _facts.Successions.Select(s => Judge(s, current)).OfType<Claim>().ToArray();
        var rank = heirs.Length == 0 ? 0 : heirs.Min(c => c.HeirRank);
        var claim = First(heirs.Where(c => c.HeirRank == rank), c => c.Succession.Writer);
        if (transfer is not null
            && (claim is null || transfer.Writer.Seq <= claim.Last.GetValueOrDefault(transfer.Writer.Chain)))
            return (
                UntilOf(transfer, current),
                new Reign(transfer.To, Of(transfer.From, transfer.To), null, [transfer.Writer]));
        if (claim is null) return (ImmutableDictionary<ChainId, long>.Empty, null);
        var writer = claim.Succession.Writer;
        var from = Of(claim.Succession.From, writer.Origin).SetItem(writer.Chain, writer.Seq - 1);
        return (claim.Last, new Reign(writer.Origin, from, null, claim.Basis));
    }

    private bool IsTransfer(Transfer transfer, Reign current) =>
        current.Holds(transfer.Writer) && Stands(transfer.Writer, _reigns.Count) && transfer.To != current.Owner
        && Within(current with { Until = UntilOf(transfer, current) }, () => IsThere(transfer.To));

    private static ImmutableDictionary<ChainId, long> UntilOf(Transfer transfer, Reign current) =>
        Of(transfer.After, current.Owner).SetItem(transfer.Writer.Chain, transfer.Writer.Seq);

    /// <summary>A succession that holds against the last reign; null where a rule is broken.</summary>
    private Claim? Judge(Succession succession, Reign current)
    {
        var heir = succession.Writer;
        if (heir.Refs.Count != 1 || !_facts.Proposals.TryGetValue(heir.Refs[0], out var proposal)) return null;
        if (proposal.Writer.Origin != heir.Origin || heir.Origin == current.Owner) return null;
        if (proposal.Writer.Hlc.UnixMs < proposal.LastMs + Limits.OwnerSilentMs) return null;
        var votes = new List<SuccessionVote>();
        foreach (var place in succession.Endorsements)
        {
            if (!_facts.Votes.TryGetValue(place, out var vote) || vote.Writer.Refs.Count != 2) return null;
            if (vote.Writer.Refs[0] != heir.Refs[0]) return null;
            if (vote.Writer.Hlc.UnixMs < proposal.Writer.Hlc.UnixMs + Limits.VetoMs) return null;
            votes.Add(vote);
        }

        var last = ImmutableDictionary<ChainId, long>.Empty;
        foreach (var (chain, seq) in votes.SelectMany(v => Of(v.Last, current.Owner)))
            last = last.SetItem(chain, Math.Max(last.GetValueOrDefault(chain), seq));
        return Within(current with { Until = last }, () => Judge(succession, proposal.Writer, votes, last));
    }

    private Claim? Judge(
        Succession succession,
        EventHeader proposal,
        List<SuccessionVote> votes,
        ImmutableDictionary<ChainId, long> last)
    {
        var (heirs, quorum) = HeirsNow();
        var rank = heirs.ToList().IndexOf(proposal.Origin.ToString());
        if (rank < 0 || !IsThere(proposal.Origin)) return null;
        EventHeader[] basis = [proposal, .. votes.Select(v => v.Writer), succession.Writer];
        if (!basis.All(e => IsSeen(e, 0))) return null;
        if (_facts.Vetoes.Any(v => v.Refs.Count == 1 && v.Refs[0] == proposal.Ref && RulesAndStands(v))) return null;
        if (!votes.All(v => IsInForce(v.Writer.Refs[1], (v.Writer.Origin, v.AgentId), v.Writer))) return null;
        return votes.Select(v => (v.Writer.Origin, v.AgentId)).Distinct().Count() >= Math.Max(1, quorum)
            ? new Claim(succession, rank, last, basis)
            : null;
    }

    /// <summary>Heirs by the owner's last word, else by genesis.</summary>
    public (IReadOnlyList<string> Heirs, int Quorum) HeirsNow()
    {
        (EventHeader Writer, HeirsNamed Content)? newest = null;
        foreach (var named in _facts.Heirs)
            if (RulesAndStands(named.Writer) && (newest is not { } known || IsLater(named.Writer, known.Writer)))
                newest = named;
        return newest is { } told
            ? (told.Content.Heirs, told.Content.Quorum)
            : (_facts.Genesis?.Heirs ?? [], _facts.Genesis?.Quorum ?? 0);
    }

    /// <summary>What heirs have proposed against the present owner, with the endorsements that count.</summary>
    public IReadOnlyList<Proposal> Proposals() =>
    [
        .. _facts.Proposals.Where(p => p.Value.Writer.Origin != Owner && IsSeen(p.Value.Writer, 0))
            .OrderBy(p => p.Value.Writer.Hlc).ThenBy(p => p.Key)
            .Select(p => new Proposal(
                p.Key,
                p.Value.Writer.Origin,
                p.Value.Writer.Hlc.UnixMs,
                p.Value.LastMs,
                _facts.Vetoes.Any(v => v.Refs.Count == 1 && v.Refs[0] == p.Key && RulesAndStands(v)),
                [
                    .. _facts.Votes.Where(v => v.Value.Writer.Refs.Count == 2 && v.Value.Writer.Refs[0] == p.Key)
                        .Where(v => IsSeen(v.Value.Writer, 0)
                            && v.Value.Writer.Hlc.UnixMs >= p.Value.Writer.Hlc.UnixMs + Limits.VetoMs
                            && IsInForce(
                                v.Value.Writer.Refs[1], (v.Value.Writer.Origin, v.Value.AgentId), v.Value.Writer))
                        .GroupBy(v => (v.Value.Writer.Origin, v.Value.AgentId))
                        .Select(g => g.Select(v => v.Key).Order().First()).Order(),
                ])),
    ];

    // A member as far as the reigns decided so far say; the table of members is for the finished judgement.
    private bool IsThere(NodeId node) =>
        AdmissionOf(node) is not null
        || (_facts.GenesisHeader is { } genesis && node == genesis.Origin && !RemovalsAfter(node, genesis).Any());

    /// <summary>Judges as if the last reign had ended: an owner's later acts must not bear on what ends it.</summary>
    private T Within<T>(Reign ended, Func<T> judge)
    {
        var open = _reigns[^1];
        _reigns[^1] = ended;
        try
        {
            return judge();
        }
        finally
        {
            _reigns[^1] = open;
        }
    }

    private static ImmutableDictionary<ChainId, long> Of(ImmutableDictionary<ChainId, long> places, NodeId node) =>
        places.Where(p => p.Key.Origin == node).ToImmutableDictionary();

    private static T? First<T>(IEnumerable<T> acts, Func<T, EventHeader> writer)
        where T : class
    {
        T? first = null;
        foreach (var act in acts)
            if (first is null || IsLater(writer(first), writer(act))) first = act;
        return first;
    }

    private sealed record Claim(
        Succession Succession, int HeirRank, ImmutableDictionary<ChainId, long> Last, IReadOnlyList<EventHeader> Basis);
}
