using System.Collections.Immutable;

namespace Anarchive.Log;

/// <summary>One node's time as owner.</summary>
/// <param name="Owner">The owning node.</param>
/// <param name="From">Where rank begins; a chain that is not listed has it from its first event.</param>
/// <param name="Until">The last seq with rank; null while it lasts.</param>
/// <param name="Basis">The events that made it: no later removal reaches below them.</param>
internal sealed record Reign(
    NodeId Owner,
    ImmutableDictionary<ChainId, long> From,
    ImmutableDictionary<ChainId, long>? Until,
    IReadOnlyList<EventHeader> Basis)
{
    public bool Holds(EventHeader act) => Holds(new Position(act.Chain, act.Seq));

    public bool Holds(Position act) =>
        act.Chain.Origin == Owner
        && act.Seq > From.GetValueOrDefault(act.Chain)
        && (Until is null || act.Seq <= Until.GetValueOrDefault(act.Chain));
}

/// <summary>A succession that an heir has proposed.</summary>
/// <param name="Ref">The proposal itself.</param>
/// <param name="Heir">Who would own the group.</param>
/// <param name="ProposedMs">When, Unix milliseconds.</param>
/// <param name="OwnerLastMs">When the owner wrote last, as the heir says.</param>
/// <param name="IsVetoed">The owner has said no.</param>
/// <param name="Endorsements">One per moderator, made once the owner had time to veto.</param>
public sealed record Proposal(
    EventRef Ref, NodeId Heir, long ProposedMs, long OwnerLastMs, bool IsVetoed, IReadOnlyList<Position> Endorsements);
