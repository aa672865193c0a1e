using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>Answers what pages and commands ask of the fleet. Any thread.</summary>
public sealed class FleetQueries(
    FleetBook book, FleetDesk desk, OwnFleet fleet, PlanSight plans, FleetHalts halts, ItemStore store,
    FriendBook friends, RingBook rings, DeviceEar ear, TimeProvider time)
{
    /// <summary>The fewest digits by which a device or item may be named.</summary>
    public const int PrefixMin = 6;

    private static Problem UnknownItem { get; } = new("fleet_unknown_item", 404, "The fleet knows no such item.");

    public FleetStanding Standing()
    {
        var seen = plans.Now();
        var devices = book.Read(state => Devices(state, seen));
        IReadOnlyList<FleetNeed> needs =
        [
            .. halts.Needs(devices), .. FleetNeeds.Of(seen, devices, Policies(), fleet.Group is not null, desk.Self),
            .. FriendNeeds.Of(friends, rings, time.GetUtcNow().ToUnixTimeMilliseconds()),
        ];
        var custody = seen.Custody;
        return new FleetStanding(
            FleetNeeds.Verdict(custody, fleet.Group is not null), custody.Below == 0, fleet.Group is not null,
            desk.IsOwner, desk.Self, seen.Id, seen.Epoch, custody.Lines.Count, custody.Below,
            custody.Unproven, devices, needs);
    }

    /// <summary>By id, by its first six digits or more, or by a name that only one has.</summary>
    public (DeviceStanding? Device, Problem? Problem) Device(string text)
    {
        var seen = plans.Now();
        var found = book.Read(state => Devices(state, seen))
            .Where(d => IsNamed(text, d.Device.Id.ToString(), d.Device.Name)).ToList();
        return found switch
        {
            [var one] => (one, null),
            [] => (null, FleetDesk.UnknownDevice),
            _ => (null, new Problem(
                "fleet_ambiguous", 409, "Several are named so: name one by more digits of its id.")),
        };
    }

    /// <summary>By id, or by its first six digits or more.</summary>
    public (ItemStanding? Item, Problem? Problem) Item(string text)
    {
        var seen = plans.Now();
        var found = ItemId.TryParse(text, out var id)
            ? book.Read(state => state.Items.ContainsKey(id) || state.HoldingsOf(id).Count > 0) ? [id] : []
            : text.Length >= PrefixMin ? seen.Custody.BeginningWith(text, 2) : [];
        return found switch
        {
            [var one] => (Named(book.Read(state => Item(state, seen, one))), null),
            [] => (null, UnknownItem),
            _ => (null, new Problem(
                "fleet_ambiguous", 409, "Several are named so: name one by more digits of its id.")),
        };
    }

    /// <summary>Lines of custody from a place on, fewest copies first.</summary>
    public CustodyPage Custody(bool isBelowOnly, int from, int limit)
    {
        var seen = plans.Now();
        var lines = seen.Custody.Lines;
        if (isBelowOnly) lines = [.. lines.Where(l => l.IsBelow)];
        var shown = lines.Skip(from).Take(limit).ToList();
        var (names, batons) = (NamesOf(shown.Select(l => l.Item)), seen.BatonsOf(shown.Select(l => l.Item)));
        return book.Read(state =>
        {
            var count = new CopyCount(seen.Table);
            var rows = shown
                .Select(line => new CustodyCells(
                    line, names.GetValueOrDefault(line.Item), Cells(state, count, line.Item),
                    batons.TryGetValue(line.Item, out var baton) ? baton : null))
                .ToList();
            return new CustodyPage([.. Ordered(state)], rows, from, lines.Count, seen);
        });
    }

    public IReadOnlyList<Policy> Policies() => book.Read(state => (IReadOnlyList<Policy>)
        [.. state.Policies.Values.Append(state.DefaultPolicy).DistinctBy(p => p.Name)
            .OrderBy(p => p.Name, StringComparer.Ordinal)]);

    public IReadOnlyList<Source> Sources() => book.Read(state => (IReadOnlyList<Source>)
        [.. state.Sources.Values.OrderBy(s => s.Name, StringComparer.Ordinal)]);

    public IReadOnlyList<DutyOverride> Overrides(Epoch now) => book.Read(state => (IReadOnlyList<DutyOverride>)
        [.. state.Overrides.Where(o => o.Until.CompareTo(now) > 0)
            .OrderBy(o => o.Duty, StringComparer.Ordinal).ThenBy(o => o.Subject, StringComparer.Ordinal)]);

    /// <summary>What this device's own files call items: for its owner alone.</summary>
    public IReadOnlyDictionary<ItemId, string> NamesOf(IEnumerable<ItemId> items) => store.NamesOf(items);

    /// <summary>The names of devices, for people.</summary>
    public IReadOnlyDictionary<DeviceId, string> Names() =>
        book.Read(state => state.Devices.ToDictionary(d => d.Key, d => d.Value.Name));

    private ItemStanding Named(ItemStanding item) =>
        item with { Name = NamesOf([item.Item]).GetValueOrDefault(item.Item) };

    private static bool IsNamed(string text, string id, string name) =>
        id == text || (text.Length >= PrefixMin && id.StartsWith(text, StringComparison.Ordinal))
        || (name.Length > 0 && name == text);

    private static IOrderedEnumerable<Device> Ordered(FleetState state) => state.Devices.Values
        .OrderBy(d => d.State).ThenBy(d => d.Name, StringComparer.Ordinal).ThenBy(d => d.Id);

    private List<DeviceStanding> Devices(FleetState state, SeenPlan seen)
    {
        var (planned, duties) = (seen.Table.Devices.ToDictionary(d => d.Id), DutiesOf(seen.Plan.Duties));
        // One without any room was taken from its device.
        var volumes = state.Volumes.Values.Where(v => v.CapacityBytes > 0).ToLookup(v => v.Device);
        var probes = state.Probes.ToLookup(p => p.Subject);
        return [.. Ordered(state).Where(device => planned.ContainsKey(device.Id)).Select(device =>
        {
            var heard = probes[device.Id].OrderByDescending(p => p.AtMs).ToList();
            var (heardMs, hearing) = LastWord(device, heard);
            return new DeviceStanding(
                device, planned[device.Id].Standing, planned[device.Id].Counts, device.Id == desk.Self, heardMs,
                Uptime(device, heard),
                [.. heard.Take(1).SelectMany(p => p.Flags)],
                [
                    .. volumes[device.Id].OrderBy(v => v.Name, StringComparer.Ordinal)
                        .Select(v => Volume(v, heard, heardMs)),
                ],
                [.. duties[device.Id]], seen.Custody.Loads.GetValueOrDefault(device.Id))
            {
                IsReported = heard.Count > 0,
                Hearing = hearing,
            };
        })];
    }

    /// <summary>
    /// The last word that came from a device: by this node's own clock where it hears it, else as others said.
    /// </summary>
    private (long? Ms, Hearing Hearing) LastWord(Device device, List<Probe> probes)
    {
        if (device.Id == desk.Self) return (null, Hearing.Never);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        // A clock that is ahead says nothing of when that was.
        var told = probes.Select(p => p.LastOkMs).Where(at => at > 0 && at <= nowMs).DefaultIfEmpty().Max();
        var (heardMs, hearing) = device.Steward is null ? ear.Of(device.Id) : (null, Hearing.Never);
        if (heardMs is not { } here) return (told == 0 ? null : told, hearing);
        // Where another heard it later than this node did, that one's word is what is known.
        var isHeardElsewhere = probes.Exists(p =>
            p.Observer != desk.Self.AsNode() && p.Observer != device.Id.AsNode() && p.AtMs > here && p.LastOkMs > here);
        return (Math.Max(here, told), isHeardElsewhere ? Hearing.Never : hearing);
    }

    /// <summary>A device says of itself that it is up; who is out is watched no more.</summary>
    private static int? Uptime(Device device, List<Probe> probes) => device.State.IsThere()
        ? probes.Where(p => p.Observer != device.Id.AsNode()).Max(p => (int?)p.UptimePermille)
        : null;

    /// <summary>Who tells of a device again tells nothing that is younger than its last word.</summary>
    private static VolumeStanding Volume(Volume volume, List<Probe> newestFirst, long? heardMs)
    {
        var said = newestFirst.Find(p => p.FreeBytes.ContainsKey(volume.Id));
        return new VolumeStanding(
            volume, said?.FreeBytes[volume.Id], said is null ? null : Math.Min(said.AtMs, heardMs ?? said.AtMs));
    }

    private static ILookup<DeviceId, string> DutiesOf(DutyRoster duties)
    {
        var found = new List<(DeviceId Device, string Duty)>();
        if (duties.BroadcastHost is { } host) found.Add((host, DutyNames.BroadcastHost));
        if (duties.Research is { } research) found.Add((research, DutyNames.Research));
        found.AddRange(duties.Probers.SelectMany(p => p.Observers).Distinct().Select(o => (o, DutyNames.Prober)));
        found.AddRange(duties.EditionSeeders.SelectMany(e => e.Seeders).Distinct()
            .Select(s => (s, DutyNames.EditionSeeder)));
        return found.ToLookup(d => d.Device, d => d.Duty);
    }

    private static Dictionary<DeviceId, HoldingStanding> Cells(FleetState state, CopyCount count, ItemId item)
    {
        var cells = new Dictionary<DeviceId, HoldingStanding>();
        foreach (var holding in state.HoldingsOf(item))
        {
            var shown = Shown(state, count, holding);
            if (!cells.TryGetValue(holding.Device, out var other) || IsBetter(shown, other))
                cells[holding.Device] = shown;
        }

        return cells;
    }

    private static bool IsBetter(HoldingStanding one, HoldingStanding other) =>
        one.Counts != other.Counts ? one.Counts
            : one.Holding.State == HoldingState.Present && other.Holding.State != HoldingState.Present;

    private static HoldingStanding Shown(FleetState state, CopyCount count, Holding holding) => new(
        holding, state.Devices.GetValueOrDefault(holding.Device)?.Name ?? holding.Device.ToString()[..PrefixMin],
        state.Volumes.GetValueOrDefault(holding.Volume)?.Name, count.Why(holding));

    private static ItemStanding Item(FleetState state, SeenPlan seen, ItemId item)
    {
        var (count, plan, known) = (new CopyCount(seen.Table), seen.Plan, state.Items.GetValueOrDefault(item));
        var holdings = state.HoldingsOf(item);
        return new ItemStanding(
            item, known, known is null ? state.DefaultPolicy : state.PolicyOf(known), count.Of(holdings),
            state.PinOf(item), [.. holdings.Select(h => Shown(state, count, h))],
            plan.Duties.CustodiansOf(item), plan.Duties.BatonOf(item), plan.Duties.FaceOf(item),
            [.. plan.Copies.Where(c => c.Item == item)],
            plan.Releases.Where(r => r.Item == item).Select(r => (DeviceId?)r.Device).FirstOrDefault(),
            plan.Infeasible.Where(i => i.Item == item).Select(i => (Infeasible?)i).FirstOrDefault());
    }
}
