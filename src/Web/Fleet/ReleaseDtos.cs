namespace Anarchive.Web;

/// <summary>What this device is letting go, and whether the breaker lets it.</summary>
/// <param name="Lost">Items that went in the current quarter of an hour.</param>
public sealed record ReleasesDto(bool Frozen, int Lost, IReadOnlyList<ReleaseDto> Releases);

/// <summary>A release in flight, or how the last of its item ended.</summary>
/// <param name="Stage">
/// <c>asking</c>, <c>waiting</c>, <c>setting_aside</c>, <c>quarantined</c>, <c>asking_again</c>, <c>purging</c>,
/// <c>restoring</c> or <c>ended</c>.
/// </param>
/// <param name="Outcome">A code, once it has ended or is being taken back.</param>
/// <param name="QuarantinedMs">Unix milliseconds; null before.</param>
public sealed record ReleaseDto(
    string Item, string Volume, string Stage, string? Outcome, IReadOnlyList<RefusedLockDto> Refused, long BegunMs,
    long? QuarantinedMs);

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
