namespace Anarchive.Fleet;

/// <summary>Reads a fleet's state into rounded answers for one epoch.</summary>
internal sealed class TableReading
{
    private readonly FleetState _state;
    private readonly Epoch _epoch;
    private readonly ReachabilitySteps _steps;
    private readonly Dictionary<DeviceId, PlanDevice> _devices = [];
    private readonly HashSet<VolumeId> _present = [];

    public TableReading(FleetState state, Epoch epoch, ReachabilitySteps steps)
    {
        (_state, _epoch, _steps) = (state, epoch, steps);
        var probes = Believed();
        var volumes = state.Volumes.Values.ToLookup(v => v.Device);
        foreach (var device in state.Devices.Values)
        {
            var read = Read(device, [.. probes[device.Id]], volumes[device.Id]);
            _devices[device.Id] = read;
            _present.UnionWith(read.Volumes.Select(v => v.Id));
        }
    }

    /// <summary>By id.</summary>
    public PlanDevice[] Devices() => [.. _devices.Values.OrderBy(d => d.Id)];

    public PlanningTable Table(IEnumerable<EditionToSeed> editions)
    {
        var rows = new PlanningRows(_state.Group, _devices.Values, PolicyTable.From(_state));
        rows.Expect(_state.Items.Count);
        foreach (var item in _state.Items.Values) rows.Add(Read(item));
        foreach (var given in _state.Overrides) rows.Add(given);
        foreach (var edition in editions) rows.Add(edition);
        return rows.Build(_epoch);
    }

    /// <summary>Those of these items that are described, as rows of the whole table would say them.</summary>
    public ItemRows Rows(IEnumerable<ItemId> items)
    {
        var rows = new PlanningRows(_state.Group, _devices.Values, PolicyTable.From(_state));
        foreach (var id in items)
            if (_state.Items.TryGetValue(id, out var item))
                rows.Add(Read(item));
        return rows.Items();
    }

    /// <summary>
    /// Whether a row says the same of its holders beside either: their numbers, and which copies are verified.
    /// </summary>
    /// <param name="one">By id, as are the others.</param>
    public static bool HoldAlike(IReadOnlyList<PlanDevice> one, IReadOnlyList<PlanDevice> other)
    {
        if (one.Count != other.Count) return false;
        for (var at = 0; at < one.Count; at++)
            if (one[at].Id != other[at].Id || one[at].Class != other[at].Class
                || !one[at].Volumes.Select(v => v.Id).SequenceEqual(other[at].Volumes.Select(v => v.Id)))
                return false;
        return true;
    }

    /// <summary>
    /// The reports to go by, by device: what others say of it; what it says of itself only where no other speaks, and
    /// what an observer says who is away itself only where nobody else does.
    /// </summary>
    private ILookup<DeviceId, Probe> Believed()
    {
        var fresh = _state.Probes.Where(p => _epoch.StartMs - p.AtMs <= ProbeNews.DailyMs + _steps.LostMs)
            .ToLookup(p => p.Subject);
        var silent = fresh.Where(s => StandingOf([.. Others(s.Key, s)]) >= Reachability.Away)
            .Select(s => s.Key.AsNode()).ToHashSet();
        return fresh.SelectMany(s => Preferred(Others(s.Key, s), p => !silent.Contains(p.Observer)))
            .ToLookup(p => p.Subject);
    }

    private static List<Probe> Others(DeviceId subject, IEnumerable<Probe> probes) =>
        Preferred([.. probes], p => p.Observer != subject.AsNode());

    private static List<Probe> Preferred(List<Probe> probes, Predicate<Probe> what) =>
        probes.FindAll(what) is { Count: > 0 } found ? found : probes;

    private PlanDevice Read(Device device, List<Probe> probes, IEnumerable<Volume> volumes)
    {
        var present = volumes
            .Select(v => (Volume: v, Free: FreeOf(v, probes))).Where(v => v.Free is not null)
            .OrderBy(v => v.Volume.Id).ToList();
        var uptime = probes.Count == 0 ? 0 : probes.Max(p => p.UptimePermille);
        return new PlanDevice(
            device.Id, device.IsFriends ? DeviceClass.Desktop : device.Class, device.Zone, device.IsOffsite,
            device.Steward is null, device.Services.Contains(PlanDevice.ResearchService), device.State,
            StandingOf(probes), UptimeBucket.FloorOf(UptimeBucket.Of(uptime)),
            PlanDevice.TierOf(present.Sum(v => Math.Max(0, v.Volume.CapacityBytes - v.Volume.ReserveBytes))),
            [.. present.Select(v => new PlanVolume(v.Volume.Id, RoomOf(v.Volume, v.Free!.Value)))])
        {
            IsFriends = device.IsFriends,
        };
    }

    /// <summary>The better of what the observers say.</summary>
    /// <remarks>
    /// Who is there repeats each report daily; from then on the observer's silence counts as the device's, so that
    /// what the last one said does not hold for ever.
    /// </remarks>
    private Reachability StandingOf(List<Probe> probes)
    {
        var best = Reachability.Lost;
        foreach (var probe in probes)
        {
            var silent = _epoch.StartMs - probe.AtMs - ProbeNews.DailyMs;
            var since = silent <= 0 ? Reachability.Up
                : silent < _steps.AwayMs ? Reachability.Suspect
                : silent < _steps.LostMs ? Reachability.Away
                : Reachability.Lost;
            var said = since > probe.State ? since : probe.State;
            if (said < best) best = said;
        }

        return best;
    }

    /// <summary>By the latest report that could ask the device; null where that says the volume is not there.</summary>
    /// <remarks>A device out of reach keeps what was known of its volumes: its silence is judged by itself.</remarks>
    private static long? FreeOf(Volume volume, List<Probe> probes)
    {
        var asked = probes.Where(p => p.State == Reachability.Up).ToList();
        if (asked.Count == 0) asked = probes.FindAll(p => p.FreeBytes.Count > 0);
        if (asked.Count == 0) return null;
        var latest = asked.MaxBy(p => (p.AtMs, p.Observer))!;
        return latest.FreeBytes.TryGetValue(volume.Id, out var free) ? free : null;
    }

    private static long RoomOf(Volume volume, long free)
    {
        var step = Math.Max(1, volume.CapacityBytes / ProbeNews.FreeSteps);
        return Math.Max(0, (free / step * step) - volume.ReserveBytes);
    }

    private PlanItem Read(Item item)
    {
        var holders = new List<PlanHolder>();
        foreach (var holding in _state.HoldingsOf(item.Id))
        {
            if (holding.State != HoldingState.Present) continue;
            if (!_devices.TryGetValue(holding.Device, out var device)) continue;
            // What lies on a volume that is not there cannot be read; an archive's volumes are never there.
            var there = device.Class == DeviceClass.Archive || _present.Contains(holding.Volume);
            var verified = there && holding.IsVerifiedAt(_epoch.StartMs, device.Class);
            holders.Add(new PlanHolder(holding.Device, verified));
        }

        var starred = _state.PinOf(item.Id) == PinKind.Star;
        return new PlanItem(item.Id, item.SizeBytes, item.Policy, starred, MayFace(item), holders);
    }

    private bool MayFace(Item item)
    {
        if (!item.IsPublicTorrent) return false;
        if (item.Source is null) return true;
        return _state.Sources.TryGetValue(item.Source, out var source)
            && source is { Privacy: Privacy.No, Isolation: Isolation.Open };
    }
}
