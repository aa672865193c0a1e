using System.Globalization;
using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>A small fleet as its log would say it: devices that one observer sees, items and who holds them.</summary>
internal sealed class PlanWorld
{
    public const long Gb = 1_000_000_000;
    public const long Tb = 1_000 * Gb;
    public const long HourMs = 3_600_000;

    public static readonly Epoch Now = new(2_000_000);

    public static readonly NodeId Observer = new(Hash("observer"));

    public FleetState State { get; } = new(new GroupId(Hash("fleet")));

    public static Hash256 Hash(string text) => Hash256.Sha256(Encoding.UTF8.GetBytes(text));

    public static DeviceId IdOf(string name) => new(Hash(name));

    public static VolumeId VolumeOf(string name) => new((UInt128)Hash(name + "/volume").Prefix);

    public static ItemId ItemOf(int number) =>
        new(Hash("item" + number.ToString(CultureInfo.InvariantCulture)));

    public DeviceId Add(DeviceFacts facts)
    {
        var id = IdOf(facts.Name);
        NodeId? steward = facts.IsAgentless ? Observer : null;
        State.Put(new Device(
            id, facts.Name, facts.Class, facts.Zone, facts.IsOffsite, facts.Services, ["http"], steward, facts.State));
        var volume = VolumeOf(facts.Name);
        State.Put(new Volume(volume, id, "data", facts.CapacityBytes, facts.ReserveBytes));
        See(facts, Observer);
        return id;
    }

    /// <summary>Another observer's word on the same device.</summary>
    public void See(DeviceFacts facts, NodeId observer)
    {
        var free = new Dictionary<VolumeId, long>();
        if (!facts.IsUnplugged) free[VolumeOf(facts.Name)] = facts.FreeBytes ?? facts.CapacityBytes;
        State.Put(new Probe(
            IdOf(facts.Name), observer, facts.Standing, facts.Uptime, 100, Now.StartMs,
            Now.StartMs - (facts.ReportedHoursAgo * HourMs), free, []));
    }

    public ItemId Item(int number, long size, params DeviceId[] holders) => Item(Described(number, size), holders);

    public ItemId Item(Item item, params DeviceId[] holders)
    {
        State.Put(item);
        foreach (var holder in holders) Hold(item.Id, holder, Now.StartMs - HourMs);
        return item.Id;
    }

    public static Item Described(int number, long size) => new(
        ItemOf(number), size, 1 << 20, Hash("root"), null, null, Privacy.Unknown, null, Policy.DefaultName);

    /// <summary>A copy whose bytes were read at that time; null for one that nobody read.</summary>
    public void Hold(ItemId item, DeviceId device, long? provenMs, HoldingState state = HoldingState.Present) =>
        State.Put(new Holding(
            item, device, VolumeOf(State.Devices[device].Name), 1, state, provenMs, 0, provenMs));

    public PlanningTable Table() => PlanningTable.From(State, Now);

    public FleetPlan Plan() => Planner.Plan(Table(), PolicyTable.From(State));
}

/// <summary>A device of a <see cref="PlanWorld"/>: a node with 4 TB that answers, unless told otherwise.</summary>
internal sealed record DeviceFacts(string Name, string Zone)
{
    public DeviceClass Class { get; init; } = DeviceClass.AlwaysOn;

    public DeviceState State { get; init; } = DeviceState.Active;

    public bool IsOffsite { get; init; }

    public bool IsAgentless { get; init; }

    public bool IsUnplugged { get; init; }

    public IReadOnlyList<string> Services { get; init; } = [];

    public long CapacityBytes { get; init; } = 4 * PlanWorld.Tb;

    public long ReserveBytes { get; init; }

    public long? FreeBytes { get; init; }

    public int Uptime { get; init; } = 995;

    public Reachability Standing { get; init; }

    public long ReportedHoursAgo { get; init; }
}
