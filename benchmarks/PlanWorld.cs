using System.Globalization;
using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Benchmarks;

/// <summary>
/// A fleet drawn from a seed: devices of 1 to 20 TB in a twentieth as many zones, of all buckets of uptime, and items
/// of up to 2 GB, each with one proven copy. There is three times the room that a second one needs.
/// </summary>
internal sealed class PlanWorld
{
    private const long Gb = 1_000_000_000;
    private const int DevicesPerZone = 20;

    private readonly PlanDevice[] _devices;
    private readonly (ItemId Id, long Size, int Holder)[] _items;
    private readonly Dictionary<ItemId, int> _numbers;

    public PlanWorld(int devices, int items, int seed)
    {
        var random = new Random(seed);
        int[] uptimes = [500, 800, 950, 990];
        // Gigabytes free for each terabyte, of which a device has ten on average.
        var room = Math.Max(1, 3L * items / (10 * devices));
        _devices = [.. Enumerable.Range(0, devices).Select(d =>
        {
            var terabytes = random.Next(1, 21);
            return new PlanDevice(
                new DeviceId(Hash("device", d)), random.Next(2) == 0 ? DeviceClass.AlwaysOn : DeviceClass.Desktop,
                "zone" + (d % Math.Max(2, devices / DevicesPerZone)).ToString(CultureInfo.InvariantCulture),
                random.Next(4) == 0, true, false, DeviceState.Active, Reachability.Up, uptimes[random.Next(4)],
                PlanDevice.TierOf(terabytes * 1_000 * Gb),
                [new PlanVolume(new VolumeId((UInt128)d), terabytes * room * Gb)]);
        })];
        _items = [.. Enumerable.Range(0, items).Select(i =>
            (new ItemId(Hash("item", i)), random.NextInt64(2 * Gb), random.Next(devices)))];
        _numbers = _items.Select((item, number) => (item.Id, number)).ToDictionary(i => i.Id, i => i.number);
    }

    public DeviceId HolderOf(ItemId item) => _devices[_items[_numbers[item]].Holder].Id;

    /// <summary>The table of one copy of each item, or of those and the copies that a plan asked for.</summary>
    public PlanningTable Table(PolicyTable policies, FleetPlan? made)
    {
        var rows = new PlanningRows(new GroupId(Hash("fleet", 0)), _devices, policies);
        rows.Expect(_items.Length);
        var more = made?.Copies.ToLookup(c => c.Item, c => c.Target);
        var holders = new List<PlanHolder>();
        foreach (var (id, size, holder) in _items)
        {
            holders.Clear();
            holders.Add(new PlanHolder(_devices[holder].Id, IsVerified: true));
            if (more is not null)
                foreach (var target in more[id]) holders.Add(new PlanHolder(target, IsVerified: true));
            rows.Add(new PlanItem(id, size, Policy.DefaultName, IsStarred: false, MayFace: true, holders));
        }

        return rows.Build(new Epoch(2_000_000));
    }

    private static Hash256 Hash(string kind, int number) =>
        Hash256.Sha256(Encoding.UTF8.GetBytes(kind), BitConverter.GetBytes(number));
}
