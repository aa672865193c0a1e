using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>How a release ended.</summary>
public enum ReleaseOutcome
{
    /// <summary>The bytes are set aside; nothing is deleted yet.</summary>
    Quarantined,

    /// <summary>The bytes are deleted.</summary>
    Purged,

    /// <summary>Bytes that were set aside are back in place.</summary>
    Restored,

    /// <summary>Nothing was done.</summary>
    Aborted,
}

/// <summary>A release that was begun and has not ended.</summary>
/// <param name="Intent">The event that says so.</param>
/// <param name="By">Who signed it, for that device.</param>
/// <param name="AtMs">When, by the writer's clock; Unix milliseconds.</param>
public sealed record Release(
    EventRef Intent, ItemId Item, DeviceId Device, VolumeId Volume, long Gen, Hash256 PlanId, NodeId By, long AtMs);

/// <summary>A lock that was granted for a release, as its holder says: for the record.</summary>
/// <param name="TtlSeconds">By the holder's own clock.</param>
/// <param name="AtMs">Unix milliseconds.</param>
public sealed record LockGrant(EventRef Intent, NodeId By, int TtlSeconds, long AtMs);

/// <summary>Who last took an item's baton, and in which week.</summary>
/// <param name="Week">The epoch divided by 672.</param>
/// <param name="Holding">The event it had its copy by.</param>
public sealed record Baton(ItemId Item, DeviceId Holder, long Week, EventRef Holding);
