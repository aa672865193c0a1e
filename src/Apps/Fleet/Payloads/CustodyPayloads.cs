using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What items are. Payload of <c>items_described</c>: at most 500 rows, one for each item.</summary>
public sealed record ItemsDescribed(IReadOnlyList<DescribedItem> Rows) : IFleetPayload;

/// <summary>An item in the words of one device.</summary>
/// <param name="Item">Must be <see cref="ItemId.Of"/> size and root.</param>
/// <param name="Size">Bytes.</param>
/// <param name="PieceLength">Bytes; a power of two of at least 16,384.</param>
/// <param name="PieceRoot">Of the file's SHA-256 tree (BEP 52).</param>
/// <param name="Policy">The policy's name; a line of at most 64 characters without slashes.</param>
/// <param name="InfohashV1">20 bytes in lowercase hex, of a torrent that holds it.</param>
/// <param name="InfohashV2">32 bytes in lowercase hex.</param>
/// <param name="Source">The source's name; a line as above.</param>
public sealed record DescribedItem(
    ItemId Item, long Size, int PieceLength, Hash256 PieceRoot, Privacy Private, string Policy,
    string? InfohashV1 = null, string? InfohashV2 = null, string? Source = null);

/// <summary>How many copies a policy asks for. Payload of <c>policy_set</c>.</summary>
/// <param name="Floor">1 to <see cref="FleetLimits.CopiesMax"/>.</param>
/// <param name="Ceil">At least the floor.</param>
/// <param name="MinZones">0 to the floor.</param>
/// <param name="MinOffsite">0 to the floor.</param>
public sealed record PolicySet(string Policy, int Floor, int Ceil, int MinZones, int MinOffsite, bool AutoCopy)
    : IFleetPayload;

/// <summary>Whether a source's trackers are private.</summary>
public enum SourceKind
{
    Unknown,
    Public,
    Private,
}

/// <summary>What a source may be asked for, and by whom. Payload of <c>source_set</c>.</summary>
/// <param name="Host">Its DNS name alone: no address, no passkey.</param>
/// <param name="Isolation"><see cref="Isolation.F2fOnly"/> unless the source is public.</param>
public sealed record SourceSet(string Source, SourceKind Kind, string Host, SourceGate Gate, Isolation Isolation)
    : IFleetPayload;

/// <summary>What a volume holds. Payload of <c>holdings_set</c>: at most 500 rows, one for each item and gen.</summary>
public sealed record HoldingsSet(DeviceId Device, VolumeId Volume, IReadOnlyList<HoldingRow> Rows) : IFleetPayload;

/// <summary>A holding in the words of its holder, which replace its last ones whole.</summary>
/// <param name="Gen">From 1; grows when the bytes are created anew.</param>
/// <param name="Evidence">The holder's own: never <see cref="Evidence.Challenge"/>.</param>
public sealed record HoldingRow(ItemId Item, long Gen, HoldingState State, Evidence Evidence);

/// <summary>What other devices' challenges came to. Payload of <c>challenge_answered</c>: at most 500 rows.</summary>
public sealed record ChallengeAnswered(IReadOnlyList<ChallengeRow> Rows) : IFleetPayload;

/// <summary>One answered challenge.</summary>
/// <param name="N">1 to 3: how many challenges in a row since the last hash, with this one.</param>
public sealed record ChallengeRow(DeviceId Device, VolumeId Volume, ItemId Item, long Gen, int N, bool Ok);

/// <summary>For whom a pin counts.</summary>
public enum PinScope
{
    Fleet,
    Device,
}

/// <summary>A star or its removal. Payload of <c>pin_set</c>.</summary>
/// <param name="Device">With the scope of a device alone.</param>
public sealed record PinSet(ItemId Item, PinScope Scope, PinKind Kind, DeviceId? Device = null) : IFleetPayload;

/// <summary>The writer is about to let an item go. Payload of <c>release_intended</c>.</summary>
/// <param name="PlanId">The plan that proposed it.</param>
public sealed record ReleaseIntended(ItemId Item, VolumeId Volume, long Gen, Hash256 PlanId) : IFleetPayload;

/// <summary>What became of the release that the event refers to. Payload of <c>release_ended</c>.</summary>
public sealed record ReleaseEnded(ReleaseOutcome Outcome) : IFleetPayload;

/// <summary>
/// The writer keeps its copy while the release that the event refers to lasts. Payload of <c>lock_granted</c>.
/// </summary>
/// <param name="TtlS">Seconds, by the writer's own clock.</param>
public sealed record LockGranted(int TtlS) : IFleetPayload;

/// <summary>The writer has the item's baton by the holding it refers to. Payload of <c>baton_accepted</c>.</summary>
/// <param name="Week">The epoch divided by 672.</param>
public sealed record BatonAccepted(ItemId Item, long Week) : IFleetPayload;
