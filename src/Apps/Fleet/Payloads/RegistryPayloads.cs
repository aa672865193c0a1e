using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What a device is. Payload of <c>device_declared</c>; each replaces the one before whole.</summary>
/// <param name="Name">What people call it: a line of at most 64 characters without slashes.</param>
/// <param name="Zone">Devices that fail together share one; a line as above.</param>
/// <param name="Services">At most 16 words of <c>[a-z0-9_]</c>, in order.</param>
/// <param name="Transports">Of <c>bt</c>, <c>http</c>, <c>rsync</c>, in order.</param>
/// <param name="Device">Left out by a node of itself, and where a device without one is declared first.</param>
/// <param name="Steward">The node that signs for a device without one; first, the writer.</param>
/// <param name="Replaces">The device whose place it takes; for people, nothing follows from it.</param>
/// <param name="WgKey">WireGuard's public key: 32 bytes in base64.</param>
public sealed record DeviceDeclared(
    string Name, DeviceClass Class, string Zone, bool Offsite, IReadOnlyList<string> Services,
    IReadOnlyList<string> Transports, DeviceId? Device = null, NodeId? Steward = null, DeviceId? Replaces = null,
    string? WgKey = null) : IFleetPayload;

/// <summary>A volume of a device. Payload of <c>volume_declared</c>.</summary>
/// <param name="Name">A line of at most 64 characters without slashes.</param>
/// <param name="Capacity">Bytes.</param>
/// <param name="Reserve">Bytes that are never filled; no more than the capacity.</param>
public sealed record VolumeDeclared(DeviceId Device, VolumeId Volume, string Name, long Capacity, long Reserve)
    : IFleetPayload;

/// <summary>Where a device stands. Payload of <c>device_state_set</c>.</summary>
/// <param name="Cut">Of a retired or dead device: the last event of its signer that is believed.</param>
public sealed record DeviceStateSet(DeviceId Device, DeviceState State, ChainCut? Cut = null) : IFleetPayload;

/// <summary>The last good event of a chain.</summary>
public sealed record ChainCut(Incarnation Incarnation, long Seq);

/// <summary>What the writer finds out about a device. Payload of <c>probe_reported</c>.</summary>
/// <param name="Uptime">Reachability in per mille.</param>
/// <param name="LastOk">When it last answered the writer; Unix milliseconds, 0 where it never did.</param>
/// <param name="Free">Of each volume that is present, by volume.</param>
/// <param name="Flags">At most 16 words of <c>[a-z0-9_]</c>, in order.</param>
public sealed record ProbeReported(
    DeviceId Subject, Reachability State, int Uptime, int Samples, long LastOk, IReadOnlyList<FreeSpace> Free,
    IReadOnlyList<string> Flags) : IFleetPayload;

/// <summary>Bytes that are free on a volume.</summary>
public sealed record FreeSpace(VolumeId Volume, long Bytes);

/// <summary>A duty given by hand. Payload of <c>duty_overridden</c>.</summary>
/// <param name="Duty">One of <see cref="FleetLimits.Duties"/>.</param>
/// <param name="Subject">What it is about: an item, a device, or <c>fleet</c>; a line of at most 64.</param>
/// <param name="UntilEpoch">The first epoch it no longer counts in; 0 ends it at once.</param>
/// <param name="Device">Left out: nobody has it.</param>
public sealed record DutyOverridden(string Duty, string Subject, long UntilEpoch, DeviceId? Device = null)
    : IFleetPayload;

/// <summary>What a torrent client says. Payload of <c>torrent_state_set</c>.</summary>
/// <param name="Infohash">20 or 32 bytes in lowercase hex.</param>
/// <param name="State">A word of <c>[a-z0-9_]</c>.</param>
/// <param name="Complete">Per mille.</param>
/// <param name="Device">Left out where it is the writer's own client.</param>
public sealed record TorrentStateSet(
    string Infohash, string State, long SinceEpoch, int Complete, DeviceId? Device = null) : IFleetPayload;
