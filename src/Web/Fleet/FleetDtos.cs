namespace Anarchive.Web;

/// <summary>How the fleet is. Times are Unix milliseconds, sizes bytes.</summary>
/// <param name="Well">No item is below its floor.</param>
/// <param name="Owner">This node's word on policies and states counts.</param>
/// <param name="Epoch">Quarters of an hour since 1970: what the plan was made for.</param>
/// <param name="Below">Items with fewer copies that count than their floor.</param>
/// <param name="Unproven">Items of which no copy counts.</param>
public sealed record FleetDto(
    string Verdict, bool Well, bool InFleet, bool Owner, string Self, string PlanId, long Epoch, int Items, int Below,
    int Unproven, IReadOnlyList<FleetNeedDto> Needs, IReadOnlyList<DeviceDto> Devices);

/// <summary>Something that only the owner can put right.</summary>
public sealed record FleetNeedDto(string Code, string Subject, string Cause, string Action);

/// <summary>A device of the fleet, as last heard.</summary>
/// <param name="Reach">up, suspect, away or lost; null until somebody reported of it.</param>
/// <param name="Silent">
/// This node missed its heartbeats, whatever the last report says; null where it never heard it itself.
/// </param>
/// <param name="UptimePermille">As others say; null of one that is retired or dead.</param>
/// <param name="HeardMs">When its last word came; null of this device.</param>
/// <param name="Counts">Copies on it count towards a floor.</param>
/// <param name="Steward">The node that speaks for a device without one.</param>
/// <param name="Duties">Those of the fleet, not those of items.</param>
public sealed record DeviceDto(
    string Id, string Name, string Class, string Zone, bool Offsite, string State, string? Reach, bool Counts,
    bool Self, bool? Silent, int? UptimePermille, long? HeardMs, string? Steward, IReadOnlyList<string> Services,
    IReadOnlyList<string> Transports, IReadOnlyList<string> Flags, IReadOnlyList<string> Duties, long Copies,
    long Bytes, IReadOnlyList<DeviceVolumeDto> Volumes);

/// <summary>A volume; what was free as last heard, null where it was not there.</summary>
public sealed record DeviceVolumeDto(
    string Id, string Device, string Name, long Capacity, long Reserve, long? Free, long? HeardMs);

/// <summary>Says what a device is. Left out, members stay as they are, or are as for a new device.</summary>
/// <param name="Device">
/// One that has no node, by id, name or six digits; left out for this one; <c>new</c> makes one.
/// </param>
public sealed record DeviceRequest(
    string? Device = null, string? Name = null, string? Class = null, string? Zone = null, bool? Offsite = null,
    IReadOnlyList<string>? Services = null, IReadOnlyList<string>? Transports = null, string? WgKey = null,
    bool DryRun = false);

/// <summary>Sets where a device stands: active, draining, retired or dead.</summary>
/// <param name="Apply">The plan id of the dry run; retired and dead are only told without it.</param>
public sealed record DeviceStateRequest(string State, string? Apply = null);

/// <summary>Parts from a device that is gone.</summary>
/// <param name="Apply">The plan id of the dry run; it is only told without it.</param>
public sealed record DeviceGoneRequest(string? Apply = null);

/// <summary>What parting from a device does to items, as <see cref="ConsequenceDto"/> tells it.</summary>
/// <param name="Left">
/// Steps that are left, in their order: <c>dead</c>, which can be taken back, <c>revoke</c>, which cannot, and
/// <c>forget</c>.
/// </param>
/// <param name="Hives">Hives that it stays a member of.</param>
public sealed record PartingDto(
    bool Done, string PlanId, int Items, long Bytes, int Below, int LastCopies,
    IReadOnlyList<ConsequenceRowDto> Rows, IReadOnlyList<string> Left, IReadOnlyList<PartingHiveDto> Hives);

/// <summary>A hive that a device stays a member of, by its name here.</summary>
/// <param name="Node">What its owner takes out of it.</param>
/// <param name="Own">This node is that owner.</param>
public sealed record PartingHiveDto(string Hive, string Node, bool Own);

/// <summary>What a decision does to items; without <paramref name="Done"/> it is only told.</summary>
/// <param name="Policy">The policy that was asked for, completed by what it is now; null for another decision.</param>
public sealed record ConsequenceDto(
    bool Done, string PlanId, int Items, long Bytes, int Below, int LastCopies,
    IReadOnlyList<ConsequenceRowDto> Rows, PolicyDto? Policy = null);

/// <summary>An item that a decision concerns: copies that count before and after it.</summary>
public sealed record ConsequenceRowDto(
    string Item, long? Size, int Before, int After, int Floor, long? ProvenMs, string Reason);

/// <summary>How many copies items are kept in, and where.</summary>
public sealed record PolicyDto(string Policy, int Floor, int Ceil, int MinZones, int MinOffsite, bool AutoCopy);

/// <summary>Sets a policy. One that keeps less is only told without the plan id of the dry run.</summary>
public sealed record PolicyRequest(
    string Policy, int? Floor = null, int? Ceil = null, int? MinZones = null, int? MinOffsite = null,
    bool? AutoCopy = null, string? Apply = null);

/// <summary>Where items come from: a host, and who may be answered about it.</summary>
public sealed record SourceDto(string Source, string Kind, string Host, string Gate, string Isolation);

/// <summary>Describes a source; it never opens one.</summary>
public sealed record SourceRequest(string Source, string Kind, string Host, string Isolation = "f2f_only");

/// <summary>Opens or closes a source to friends; opening needs its host, typed by a person.</summary>
public sealed record GateRequest(string Gate, string? Confirm = null);

/// <summary>An item's custody in one line.</summary>
/// <param name="Name">As a file of this device is called; null where none is it.</param>
/// <param name="Cells">What each device holds of it; a device without an entry never had it.</param>
public sealed record CustodyLineDto(
    string Item, string? Name, long? Size, int Counted, int Floor, bool Below, string? Baton,
    IReadOnlyList<HoldingDto> Cells);

/// <summary>Lines of custody, fewest copies first.</summary>
public sealed record CustodyDto(
    string PlanId, int Total, int From, IReadOnlyList<CustodyLineDto> Lines);

/// <summary>A copy; <paramref name="Why"/> says whether it counts.</summary>
public sealed record HoldingDto(
    string Device, string DeviceName, string Volume, string? VolumeName, long Gen, string State, long? ProvenMs,
    bool Counts, string Why);

/// <summary>All that is known of an item.</summary>
/// <param name="Name">As a file of this device is called; null where none is it.</param>
/// <param name="Custodians">Who has a copy that counts, or is to get one.</param>
/// <param name="Baton">Who looks after it this week.</param>
/// <param name="Face">Who gives it to the public; null unless it is known to be public.</param>
/// <param name="ShortOf">What keeps it from its floor: source, devices, capacity, zones or offsite.</param>
public sealed record ItemDto(
    string Item, string? Name, long? Size, string? InfohashV1, string? InfohashV2, string Private, string? Source,
    string Policy, int Floor, int Ceil, int Counted, string Pin, IReadOnlyList<HoldingDto> Holdings,
    IReadOnlyList<string> Custodians, string? Baton, string? Face, IReadOnlyList<PlannedCopyDto> Planned,
    string? Release, string? ShortOf);

/// <summary>Stars an item, throws it away, or takes either back.</summary>
/// <param name="Kind">star, trash or none.</param>
/// <param name="Device">For that device alone; left out for the fleet.</param>
public sealed record PinRequest(string Item, string Kind, string? Device = null);

/// <summary>Who has which duty of the fleet.</summary>
public sealed record DutiesDto(
    string PlanId, string? BroadcastHost, string? Research, IReadOnlyList<ProberDto> Probers,
    IReadOnlyList<SeederDto> Seeders, IReadOnlyList<DutyDto> Given);

/// <summary>Who watches a device.</summary>
public sealed record ProberDto(string Device, IReadOnlyList<string> Observers);

/// <summary>Who gives an edition.</summary>
public sealed record SeederDto(string Edition, IReadOnlyList<string> Devices);

/// <summary>A duty given by hand; <paramref name="Ignored"/> says why it is not followed.</summary>
public sealed record DutyDto(string Duty, string Subject, string? Device, long UntilMs, string? Ignored);

/// <summary>Gives a duty by hand, to nobody where no device is named; 0 days end it.</summary>
public sealed record DutyRequest(string Duty, string Subject, string? Device = null, int Days = 30);

/// <summary>What the devices should do. Lists are cut after 500; the counts are whole.</summary>
public sealed record PlanDto(
    string PlanId, long Epoch, int CopiesTotal, int CopiesOwn, long CopiesBytes, int ReleasesTotal, long ReleasesBytes,
    int InfeasibleTotal, long SurplusBytes, IReadOnlyList<PlannedCopyDto> Copies,
    IReadOnlyList<PlannedReleaseDto> Releases, IReadOnlyList<InfeasibleDto> Infeasible);

/// <summary>What became of a plan's copies.</summary>
/// <param name="Elsewhere">Those that other devices are to make.</param>
/// <param name="Code">Why not all of this device's could be asked for.</param>
public sealed record OrderedCopiesDto(int Asked, int Elsewhere, string? Code);

/// <summary>A copy to make.</summary>
public sealed record PlannedCopyDto(string Item, long Size, string Target, string Volume, string Source);

/// <summary>A copy above the ceiling that may go once locks allow it.</summary>
public sealed record PlannedReleaseDto(string Item, long Size, string Device);

/// <summary>An item that cannot have its copies; <paramref name="Why"/> binds first.</summary>
public sealed record InfeasibleDto(string Item, int Missing, string Why);

/// <summary>A device that was declared; null where it was only asked whether it could be.</summary>
public sealed record DeclaredDto(string? Device);

/// <summary>What a look at the devices saw just now.</summary>
/// <param name="LinkUp">False where nobody answered: this node may be cut off, and nobody was marked.</param>
/// <param name="Flags">What is wrong with this device: volume_absent, client_down.</param>
public sealed record ProbeReportDto(
    bool LinkUp, IReadOnlyList<string> Flags, IReadOnlyList<ProbedVolumeDto> Volumes,
    IReadOnlyList<ProbedDeviceDto> Devices);

/// <summary>A volume of this device; free bytes in steps of a 64th, null where it is not there.</summary>
public sealed record ProbedVolumeDto(string Volume, string Name, long? Free);

/// <summary>Another device that this one watches.</summary>
public sealed record ProbedDeviceDto(string Device, string Name, bool Answered, string Reach, int UptimePermille);
