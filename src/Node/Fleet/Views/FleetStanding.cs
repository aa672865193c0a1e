using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>How the fleet is: the answer first, then what the owner can act on, then the numbers.</summary>
/// <param name="IsWell">No item is below its floor.</param>
/// <param name="IsOwner">This node's word on policies and states counts.</param>
public sealed record FleetStanding(
    Sentence Verdict, bool IsWell, bool IsInFleet, bool IsOwner, DeviceId Self, Hash256 PlanId, Epoch Epoch, int Items,
    int Below, int Unproven, IReadOnlyList<DeviceStanding> Devices, IReadOnlyList<FleetNeed> Needs);

/// <summary>Something that only the owner can put right. The code is stable.</summary>
public sealed record FleetNeed(string Code, Sentence Subject, Sentence Cause, Sentence Action)
{
    /// <summary>A name, or a command as it is typed: the same in every language.</summary>
    internal static Sentence AsIs(string text) => $"{text}";
}

/// <summary>A device, as last heard.</summary>
/// <param name="HeardMs">
/// When the last word came from it, here or to somebody who said so; Unix milliseconds, null where nobody heard it, and
/// of this device.
/// </param>
/// <param name="UptimePermille">
/// The best that another device says; null where none did, and of one that nobody watches any more.
/// </param>
/// <param name="Duties">Those of the fleet, not those of items.</param>
public sealed record DeviceStanding(
    Device Device, Fleet.Reachability Standing, bool Counts, bool IsSelf, long? HeardMs, int? UptimePermille,
    IReadOnlyList<string> Flags, IReadOnlyList<VolumeStanding> Volumes, IReadOnlyList<string> Duties, DeviceLoad Load)
{
    /// <summary>Somebody reported of it, if only the device itself.</summary>
    public bool IsReported { get; init; }

    /// <summary>Null until somebody reported of it.</summary>
    public Fleet.Reachability? Heard => IsReported ? Standing : null;

    /// <summary>Whether this node hears it, by its own clock: the reports of others come with the next round.</summary>
    public Hearing Hearing { get; init; }
}

/// <summary>A volume; <paramref name="FreeBytes"/> as last heard, null where it was not there.</summary>
public sealed record VolumeStanding(Volume Volume, long? FreeBytes, long? HeardMs);

/// <summary>All that is known of an item.</summary>
/// <param name="Known">Null where nobody described it.</param>
/// <param name="Custodians">Who has a copy that counts, or is to get one.</param>
/// <param name="Planned">Copies that the plan wants made.</param>
/// <param name="Release">The device whose copy the plan would let go; null for none.</param>
public sealed record ItemStanding(
    ItemId Item, Item? Known, Policy Policy, int Counted, PinKind Pin, IReadOnlyList<HoldingStanding> Holdings,
    IReadOnlyList<DeviceId> Custodians, DeviceId? Baton, DeviceId? Face, IReadOnlyList<PlannedCopy> Planned,
    DeviceId? Release, Infeasible? Infeasible)
{
    /// <summary>As a file of this device is called; null where none is it.</summary>
    public string? Name { get; init; }
}

/// <summary>A copy, and whether it counts: <paramref name="Why"/> is a word of <see cref="CopyCount.Why"/>.</summary>
public sealed record HoldingStanding(Holding Holding, string DeviceName, string? VolumeName, string Why)
{
    public bool Counts => Why == CopyCount.Counted;
}

/// <summary>Some lines of custody, with what each device holds of them.</summary>
/// <param name="Total">Lines in all, after the filter.</param>
public sealed record CustodyPage(
    IReadOnlyList<Device> Devices, IReadOnlyList<CustodyCells> Rows, int From, int Total, SeenPlan Plan);

/// <summary>An item's copies, one best of each device.</summary>
/// <param name="Name">As a file of this device is called; null where none is it.</param>
public sealed record CustodyCells(
    CustodyLine Line, string? Name, IReadOnlyDictionary<DeviceId, HoldingStanding> Cells, DeviceId? Baton);
