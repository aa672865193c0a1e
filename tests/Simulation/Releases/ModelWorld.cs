using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

public enum Place
{
    Present,
    Aside,
    Deleted,
}

/// <summary>What a device's disk still owes its machine.</summary>
internal enum DiskWork
{
    None,
    SetAside,
    Restore,
    Purge,
}

/// <summary>One device with its copy of the one item, its real machines' state, and its own clock.</summary>
/// <param name="Rate">How far its clock goes while a perfect one goes ten minutes.</param>
/// <param name="IsGood">The bytes are the item's.</param>
/// <param name="LooksGood">Ranges read at random are the item's.</param>
/// <param name="By">Until when the disk may act.</param>
/// <param name="Reported">What the disk did, not yet told to the machine; null where nothing.</param>
/// <param name="Knows">What it heard of the others' copies.</param>
internal sealed record Site(
    DeviceId Id, CopyKind Kind, DeviceState State, long Rate, bool IsVerified, bool IsGood, bool LooksGood,
    bool IsPlugged, bool IsUp, long Clock, Place Place, DiskWork Work, long By, string? Reported, int Begun, int Asks,
    ReleaseProgress? Release, IReadOnlyList<GrantedLock> Locks, IReadOnlyList<HoldingState> Knows)
{
    /// <summary>What a disk reports that did as told.</summary>
    public const string Fine = "";

    public bool HasLive(long ttlMs) => Locks.Any(l => !IsUp || Clock - l.GrantedMs < ttlMs);

    public bool HasLive(EventRef intent, long ttlMs) =>
        Locks.Any(l => l.Intent == intent && (!IsUp || Clock - l.GrantedMs < ttlMs));

    /// <summary>A copy that is really there, and that the fleet may count.</summary>
    public bool Counts => Place == Place.Present && IsGood && IsVerified && IsPlugged && State == DeviceState.Active;

    public HoldingState Holds => Place switch
    {
        Place.Present => HoldingState.Present,
        Place.Aside => HoldingState.Quarantined,
        _ => HoldingState.Gone,
    };
}

/// <summary>A request or an answer on its way: it may come late, twice, out of order, or never.</summary>
internal sealed record Letter(int To, int From, LockRequest? Request, LockAnswer? Answer);

/// <summary>How many of each fault may still happen.</summary>
internal readonly record struct Budget(int Crashes, int Duplicates, int Losses, int Unplugs, int Lies);

/// <summary>Everything at a moment.</summary>
internal sealed record ModelWorld(
    IReadOnlyList<Site> Sites, IReadOnlyList<Letter> Wire, Budget Left, bool HasFault, string? Violation)
{
    public ModelWorld With(int at, Site site)
    {
        var sites = Sites.ToArray();
        sites[at] = site;
        return this with { Sites = sites };
    }
}
