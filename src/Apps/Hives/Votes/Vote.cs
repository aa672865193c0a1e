namespace Anarchive.Hives;

/// <summary>Payload of <c>vote_cast</c>.</summary>
/// <param name="Voter">An agent id, or a pseudonym: 32 bytes in 52 base32 characters. Lengths never overlap.</param>
/// <param name="Value">−1, 0 or 1; 0 takes a vote back.</param>
public sealed record VoteCast(string Voter, int Value) : IHivePayload;

/// <summary>Payload of <c>vote_tallied</c>: what all agents of the origin gave the target.</summary>
public sealed record VoteTallied(long Up, long Down) : IHivePayload;

/// <summary>How votes travel; fixed in genesis. Another mode's form is inert.</summary>
public static class VotePrivacy
{
    /// <summary>The voter is the agent id.</summary>
    public const string PerAgent = "per_agent";

    /// <summary>The voter is a keyed hash, one per target, that only its home node can link to an agent.</summary>
    public const string Pseudonymous = "pseudonymous";

    /// <summary>Votes stay home; each node publishes its totals.</summary>
    public const string Tally = "tally";

    public static bool IsKnown(string mode) => mode is PerAgent or Pseudonymous or Tally;
}
