using Anarchive.Fleet;

namespace Anarchive.Tests.Unit;

/// <summary>A fleet drawn from a seed: every class and state, full and empty volumes, odd policies.</summary>
internal sealed class PlanSample
{
    private readonly Random _random;
    private readonly int _roomMax;

    public PlanSample(int seed, int devices, int items)
    {
        // Every other fleet has room for all, the others soon run out of it.
        (_random, _roomMax) = (new Random(seed), seed % 2 == 0 ? 2_000 : 60);
        Policies =
        [
            Policy.Default,
            new Policy("pair", 2, 2, 1, 0, AutoCopy: true),
            new Policy("three", 3, 4, 2, 1, AutoCopy: false),
            new Policy("single", 1, 1, 1, 0, AutoCopy: false),
        ];
        Devices = [.. Enumerable.Range(0, devices).Select(Device)];
        Items = [.. Enumerable.Range(0, items).Select(Item)];
        if (items > 0 && devices > 0)
            Overrides = [.. Enumerable.Range(0, 4).Select(Override).DistinctBy(o => (o.Duty, o.Subject))];
    }

    public IReadOnlyList<Policy> Policies { get; }

    public List<PlanDevice> Devices { get; }

    public List<PlanItem> Items { get; }

    public IReadOnlyList<DutyOverride> Overrides { get; } = [];

    public PolicyTable PolicyTable() => new(Policies.OrderBy(_ => _random.Next()));

    /// <summary>The table, its rows given in another order each time.</summary>
    public PlanningTable Table(PolicyTable policies)
    {
        var rows = new PlanningRows(
            new Anarchive.Log.GroupId(PlanWorld.Hash("fleet")), Devices.OrderBy(_ => _random.Next()), policies);
        foreach (var item in Items.OrderBy(_ => _random.Next()))
            rows.Add(item with { Holders = [.. item.Holders.OrderBy(_ => _random.Next())] });
        foreach (var given in Overrides.OrderBy(_ => _random.Next())) rows.Add(given);
        rows.Add(new EditionToSeed("net/editions", IsForFriends: true));
        rows.Add(new EditionToSeed("hives/editions", IsForFriends: false));
        return rows.Build(PlanWorld.Now);
    }

    public FleetPlan Plan()
    {
        var policies = PolicyTable();
        return Planner.Plan(Table(policies), policies);
    }

    /// <summary>Another state of one device, and other copies of some items on it.</summary>
    public TableChange Change()
    {
        var at = _random.Next(Devices.Count);
        if (_random.Next(4) > 0) Devices[at] = Device(at);
        var held = new List<HeldChange>();
        for (var i = _random.Next(3) * _random.Next(Items.Count / 2); i > 0; i--)
        {
            var row = _random.Next(Items.Count);
            if (held.Any(h => h.Item == Items[row].Id)) continue;
            var (isHeld, isVerified) = (_random.Next(2) == 0, _random.Next(3) > 0);
            held.Add(new HeldChange(Items[row].Id, isHeld, isVerified));
            var others = Items[row].Holders.Where(h => h.Device != Devices[at].Id).ToList();
            if (isHeld) others.Add(new PlanHolder(Devices[at].Id, isVerified));
            Items[row] = Items[row] with { Holders = others };
        }

        return new TableChange(Devices[at], held);
    }

    private PlanDevice Device(int number)
    {
        var volumes = _random.Next(8) == 0 ? 0 : 1 + (_random.Next(3) / 2);
        return new PlanDevice(
            PlanWorld.IdOf($"device{number}"),
            Pick(DeviceClass.AlwaysOn, DeviceClass.AlwaysOn, DeviceClass.Desktop, DeviceClass.Desktop,
                DeviceClass.Laptop, DeviceClass.Phone, DeviceClass.Seedbox, DeviceClass.Archive),
            $"zone{_random.Next(4)}", _random.Next(3) == 0, _random.Next(5) > 0, _random.Next(3) == 0,
            _random.Next(3) > 0
                ? DeviceState.Active
                : Pick(DeviceState.Active, DeviceState.Draining, DeviceState.Retired, DeviceState.Dead),
            _random.Next(3) > 0
                ? Reachability.Up
                : Pick(Reachability.Up, Reachability.Suspect, Reachability.Away, Reachability.Lost),
            Pick(990, 990, 950, 800, 500, 0), PlanDevice.TierOf(_random.Next(1, 400) * 16L << 30),
            [.. Enumerable.Range(0, volumes).Select(v => new PlanVolume(
                PlanWorld.VolumeOf($"device{number}/{v}"), _random.Next(_roomMax) * PlanWorld.Gb)).OrderBy(v => v.Id)]);
    }

    private PlanItem Item(int number)
    {
        var holders = Devices.OrderBy(_ => _random.Next()).Take(_random.Next(6))
            .Select(d => new PlanHolder(d.Id, _random.Next(4) > 0)).ToList();
        return new PlanItem(
            PlanWorld.ItemOf(number), _random.Next(10) * PlanWorld.Gb, Pick("default", "pair", "three", "single", "?"),
            _random.Next(8) == 0, _random.Next(2) == 0, holders);
    }

    private DutyOverride Override(int number) => new(
        Pick("custodian", "baton", "public_swarm_face", "broadcast_host", "prober", "edition_seeder", "research"),
        Pick(PlanWorld.ItemOf(_random.Next(Items.Count)).ToString(), Devices[0].Id.ToString(), "fleet", "net/editions"),
        Pick<DeviceId?>(null, PlanWorld.IdOf("nobody's"), Devices[_random.Next(Devices.Count)].Id),
        new Epoch(PlanWorld.Now.Number + number));

    private T Pick<T>(params T[] of) => of[_random.Next(of.Length)];
}
