using Anarchive.Log;

namespace Anarchive.Fleet;

public enum DeviceClass
{
    AlwaysOn,
    Desktop,
    Laptop,
    Phone,

    /// <summary>Rented, and driven by its steward.</summary>
    Seedbox,

    /// <summary>On a shelf: judged by how old its evidence is, never by reachability.</summary>
    Archive,
}

public enum DeviceState
{
    Active,

    /// <summary>On its way out: its copies count, and it gets no more.</summary>
    Draining,

    Retired,
    Dead,
}

public static class DeviceClasses
{
    /// <summary>A copy there may count towards a floor: what is carried about or switched off never does.</summary>
    public static bool Counts(this DeviceClass of) => of is not (DeviceClass.Laptop or DeviceClass.Phone);
}

public static class DeviceStates
{
    /// <summary>It is one of the fleet still, if only until its copies are elsewhere.</summary>
    public static bool IsThere(this DeviceState state) => state is DeviceState.Active or DeviceState.Draining;
}

/// <summary>A device as its registers say.</summary>
/// <param name="Zone">Devices that fail together share one: a house, a provider.</param>
/// <param name="Services">Such as <c>torznab</c>, <c>ssh</c>, <c>torrents</c>; in order.</param>
/// <param name="Transports">Of <c>http</c>, <c>rsync</c>, <c>bt</c>; in order.</param>
/// <param name="Steward">The node that signs for a device without one.</param>
public sealed record Device(
    DeviceId Id, string Name, DeviceClass Class, string Zone, bool IsOffsite, IReadOnlyList<string> Services,
    IReadOnlyList<string> Transports, NodeId? Steward, DeviceState State)
{
    /// <summary>The service by which the room that a friend lends is told from a box without a node.</summary>
    public const string FriendService = "friend";

    /// <summary>It is room that a friend lends: its steward alone can ask it anything, and knows whose.</summary>
    public bool IsFriends => Steward is not null && Services.Contains(FriendService);

    /// <summary>The node that signs what this device holds.</summary>
    public NodeId Signer => Steward ?? Id.AsNode();

    /// <summary>WireGuard's public key, 32 bytes in base64; null where it has none.</summary>
    public string? WgKey { get; init; }

    /// <summary>The device whose place it took, as it says itself.</summary>
    public DeviceId? Replaces { get; init; }
}

/// <summary>A file system of a device, known by its marker file.</summary>
/// <param name="ReserveBytes">Never filled by the plan.</param>
public sealed record Volume(VolumeId Id, DeviceId Device, string Name, long CapacityBytes, long ReserveBytes)
{
    /// <summary>What stays free where the owner says nothing: 5 %, and at least 10 GB.</summary>
    public static long DefaultReserve(long capacityBytes) => Math.Max(capacityBytes / 20, 10_000_000_000);
}

/// <summary>What one observer last said of a device.</summary>
/// <param name="UptimePermille">Reachability, an average with a half-life of 7 days.</param>
/// <param name="LastOkMs">When it last answered this observer; Unix milliseconds.</param>
/// <param name="AtMs">When the observer said so.</param>
/// <param name="FreeBytes">Of each of its volumes that is present; a volume that is not is left out.</param>
/// <param name="Flags">Such as <c>client_down</c>, <c>vpn_down</c>, <c>volume_absent</c>; in order.</param>
public sealed record Probe(
    DeviceId Subject, NodeId Observer, Reachability State, int UptimePermille, int Samples, long LastOkMs, long AtMs,
    IReadOnlyDictionary<VolumeId, long> FreeBytes, IReadOnlyList<string> Flags);

/// <summary>How long a device has been out of reach, in steps (design: custody floor).</summary>
public enum Reachability
{
    Up,

    /// <summary>Two probes missed.</summary>
    Suspect,

    /// <summary>24 hours.</summary>
    Away,

    /// <summary>72 hours: its copies count no more.</summary>
    Lost,
}
