using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>
/// Votes: one register per (origin, voter, target) or, where votes stay home, per (origin, target). The origin in the
/// key is why no node can vote for another's agent. Totals move by the difference that a register makes.
/// </summary>
internal sealed class VoteFold(IHiveRows rows)
{
    public void Cast(EventHeader header, VoteCast vote, string privacy)
    {
        if (header.Refs.Count != 1 || !IsVoterOf(privacy, vote.Voter)) return;
        var target = header.Refs[0];
        var register = new VoteRow(header.Origin, vote.Voter, target, vote.Value, LastWriterWins.Of(header));
        var known = rows.FindOrAdd(register);
        if (known is not null)
        {
            if (register.Order <= known.Order) return;
            rows.Put(register);
        }

        var before = known?.Value ?? 0;
        if (before == vote.Value) return;
        var up = (vote.Value == 1 ? 1 : 0) - (before == 1 ? 1 : 0);
        var down = (vote.Value == -1 ? 1 : 0) - (before == -1 ? 1 : 0);
        rows.AddVotes(target, up, down);
    }

    public void Tally(EventHeader header, VoteTallied tally, string privacy)
    {
        if (header.Refs.Count != 1 || privacy != VotePrivacy.Tally) return;
        var target = header.Refs[0];
        var order = LastWriterWins.Of(header);
        var known = rows.FindTally(header.Origin, target);
        if (known is not null && order <= known.Order) return;
        rows.Put(new TallyRow(header.Origin, target, tally.Up, tally.Down, order));
        rows.AddVotes(target, tally.Up - (known?.Up ?? 0), tally.Down - (known?.Down ?? 0));
    }

    // Another mode's form is inert.
    private static bool IsVoterOf(string privacy, string voter) => voter.Length switch
    {
        HiveLimits.AgentIdLength => privacy == VotePrivacy.PerAgent,
        HiveLimits.PseudonymLength => privacy == VotePrivacy.Pseudonymous,
        _ => false,
    };
}
