namespace Anarchive.Web;

/// <summary>What this device is letting go, what the plan would have go, and whether the breaker lets it.</summary>
/// <param name="Lost">Items that went in the current quarter of an hour, or in the one that opened the breaker.</param>
/// <param name="FrozenBy">What opened the breaker, in a sentence; null while it is closed.</param>
/// <param name="FrozenMs">When it opened.</param>
/// <param name="Losses">What was counted, by place.</param>
/// <param name="PlanId">Of the plan whose <paramref name="Proposed"/> this is; its rows are cut after 500.</param>
/// <param name="ProposedOwn">Of all that it proposes, those of this device.</param>
/// <param name="Releases">Those under way, then the last 500 of <paramref name="EndedTotal"/> that ended.</param>
public sealed record ReleasesDto(
    bool Frozen, int Lost, string? FrozenBy, long? FrozenMs, IReadOnlyList<LossDto> Losses, string PlanId,
    int ProposedTotal, int ProposedOwn, IReadOnlyList<ProposedDto> Proposed, int EndedTotal,
    IReadOnlyList<ReleaseDto> Releases);

/// <summary>Copies that went, by place.</summary>
/// <param name="Kind">gone, device_out, released or culled.</param>
public sealed record LossDto(string Kind, string Device, string Volume, int Copies);

/// <summary>A copy above the ceiling that a plan would let go.</summary>
/// <param name="Name">As a file of this device is called.</param>
/// <param name="Own">This device's; others let theirs go themselves.</param>
/// <param name="Counted">Copies that count, this one too; <paramref name="Ceil"/> is what the policy keeps.</param>
/// <param name="Proof">Copies elsewhere that count.</param>
/// <param name="Code">What is known against it already; null for nothing.</param>
public sealed record ProposedDto(
    string Item, string? Name, long Size, string Device, bool Own, int Counted, int Ceil,
    IReadOnlyList<ProofDto> Proof, string? Code);

/// <summary>A copy elsewhere that counts.</summary>
public sealed record ProofDto(string Device, long ProvenMs);

/// <summary>What became of a plan's releases.</summary>
/// <param name="Later">As many as wait: more at once would freeze the fleet. Ask again in a quarter of an hour.</param>
/// <param name="Elsewhere">As many as other devices are to let go.</param>
public sealed record OrderedReleasesDto(
    IReadOnlyList<string> Begun, IReadOnlyList<StayingDto> Stay, int Later, int Elsewhere);

/// <summary>A copy that stays, and why, as a code.</summary>
public sealed record StayingDto(string Item, string Code);

/// <summary>A release in flight, or how the last of its item ended.</summary>
/// <param name="Stage">
/// <c>asking</c>, <c>waiting</c>, <c>setting_aside</c>, <c>quarantined</c>, <c>asking_again</c>, <c>purging</c>,
/// <c>restoring</c> or <c>ended</c>.
/// </param>
/// <param name="Outcome">A code, once it has ended or is being taken back.</param>
/// <param name="QuarantinedMs">Unix milliseconds; null before.</param>
/// <param name="Name">As a file of this device is called, or was.</param>
/// <param name="Locked">Devices that promised to keep their copy.</param>
/// <param name="LeftMs">Until it goes on by itself, or is given up.</param>
public sealed record ReleaseDto(
    string Item, string Volume, string Stage, string? Outcome, IReadOnlyList<RefusedLockDto> Refused, long BegunMs,
    long? QuarantinedMs, string? Name, IReadOnlyList<string> Locked, long? LeftMs);

/// <summary>Which device refused to keep its copy, and why, as a code.</summary>
public sealed record RefusedLockDto(string Device, string Code);

/// <summary>A copy to be let go; only asked about unless it says apply.</summary>
public sealed record ReleaseRequest(string Item, string? Volume = null, bool Apply = false);

/// <summary>What would happen, or was begun.</summary>
/// <param name="Code">Why not; null where nothing is known against it.</param>
/// <param name="Elsewhere">Copies that count if their holders lock them.</param>
/// <param name="Missing">Devices whose copies stand in the way.</param>
public sealed record ReleaseProposalDto(
    string Item, string Volume, long Size, string? Code, int Floor, int Elsewhere, IReadOnlyList<string> Missing,
    bool Begun);
