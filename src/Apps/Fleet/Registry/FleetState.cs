using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What the devices of a fleet agree on, as folded from its log. One thread.</summary>
/// <remarks>Built from registers. The order of its dictionaries differs between devices: never plan by it.</remarks>
public sealed class FleetState(GroupId group)
{
    private readonly Dictionary<DeviceId, Device> _devices = [];
    private readonly Dictionary<VolumeId, Volume> _volumes = [];
    private readonly Dictionary<ItemId, Item> _items = [];
    private readonly Dictionary<ItemId, List<Holding>> _holdings = [];
    private readonly Dictionary<DeviceId, DeviceLoad> _loads = [];
    private readonly Dictionary<string, Policy> _policies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Source> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<(DeviceId Subject, NodeId Observer), Probe> _probes = [];
    private readonly Dictionary<(ItemId Item, DeviceId? Device), PinKind> _pins = [];
    private readonly Dictionary<(string Duty, string Subject), DutyOverride> _overrides = [];
    private readonly Dictionary<(string InfoHash, DeviceId Device), TorrentReport> _torrents = [];
    private readonly Dictionary<EventRef, Release> _releases = [];
    private readonly Dictionary<(EventRef Intent, NodeId By), LockGrant> _locks = [];
    private readonly Dictionary<ItemId, Baton> _batons = [];
    private readonly Dictionary<ItemId, ToldViewing> _viewings = [];

    public GroupId Group { get; } = group;

    public IReadOnlyDictionary<DeviceId, Device> Devices => _devices;

    public IReadOnlyDictionary<VolumeId, Volume> Volumes => _volumes;

    public IReadOnlyDictionary<ItemId, Item> Items => _items;

    public IReadOnlyDictionary<string, Policy> Policies => _policies;

    public IReadOnlyDictionary<string, Source> Sources => _sources;

    public IReadOnlyCollection<Probe> Probes => _probes.Values;

    public IReadOnlyCollection<DutyOverride> Overrides => _overrides.Values;

    public IReadOnlyCollection<TorrentReport> Torrents => _torrents.Values;

    /// <summary>Releases that have not ended.</summary>
    public IReadOnlyCollection<Release> Releases => _releases.Values;

    /// <summary>Locks said to be granted for releases that have not ended.</summary>
    public IReadOnlyCollection<LockGrant> Locks => _locks.Values;

    public IReadOnlyDictionary<ItemId, Baton> Batons => _batons;

    /// <summary>The last word on how far somebody came in each item; also that it was forgotten.</summary>
    public IReadOnlyDictionary<ItemId, ToldViewing> Viewings => _viewings;

    /// <summary>Grows with every word on what is watched.</summary>
    public long ViewingRevision { get; private set; }

    /// <summary>Every item that somebody holds or held, described or not.</summary>
    public IReadOnlyCollection<ItemId> HeldItems => _holdings.Keys;

    /// <summary>The highest gen of each place, in the order of devices and volumes.</summary>
    public IReadOnlyList<Holding> HoldingsOf(ItemId item) =>
        _holdings.TryGetValue(item, out var known) ? known : [];

    /// <summary>Of every device that is said to hold something in full.</summary>
    public IReadOnlyDictionary<DeviceId, DeviceLoad> Loads => _loads;

    /// <summary>Copies of all items that lie in their place, on whichever device.</summary>
    public int CopiesHeld() => _holdings.Values.Sum(known => known.Count(h => h.State.IsHeld()));

    /// <summary>Every pin: the fleet's, where no device is named, and devices' own.</summary>
    public IReadOnlyDictionary<(ItemId Item, DeviceId? Device), PinKind> Pins => _pins;

    /// <summary>The fleet's pin, or one device's own.</summary>
    public PinKind PinOf(ItemId item, DeviceId? device = null) => _pins.GetValueOrDefault((item, device));

    /// <summary>Its own; where nobody set that, the fleet's default, else the one that is built in.</summary>
    public Policy PolicyOf(Item item) => _policies.GetValueOrDefault(item.Policy) ?? DefaultPolicy;

    /// <summary>What keeps items that nobody described yet.</summary>
    public Policy DefaultPolicy => _policies.GetValueOrDefault(Policy.DefaultName, Policy.Default);

    public void Put(Device device) => _devices[device.Id] = device;

    public void Put(Volume volume) => _volumes[volume.Id] = volume;

    public void Put(Item item)
    {
        Load(item.Id, -1);
        _items[item.Id] = item;
        Load(item.Id, 1);
    }

    public void Put(Policy policy) => _policies[policy.Name] = policy;

    public void Put(Source source) => _sources[source.Name] = source;

    public void Put(Probe probe) => _probes[(probe.Subject, probe.Observer)] = probe;

    public void Put(DutyOverride given) => _overrides[(given.Duty, given.Subject)] = given;

    public void Put(TorrentReport report) => _torrents[(report.InfoHash, report.Device)] = report;

    public void Put(Release release) => _releases[release.Intent] = release;

    public void Put(LockGrant granted) => _locks[(granted.Intent, granted.By)] = granted;

    public void Put(Baton baton) => _batons[baton.Item] = baton;

    public void Put(ToldViewing viewing)
    {
        _viewings[viewing.Said.Item] = viewing;
        ViewingRevision++;
    }

    /// <summary>What is read anew is another revision than all that were read before.</summary>
    public void ReviseViewings(long before) => ViewingRevision += before + 1;

    public void Pin(ItemId item, DeviceId? device, PinKind kind) => _pins[(item, device)] = kind;

    /// <summary>Replaces what is known of that place.</summary>
    public void Put(Holding holding)
    {
        Load(holding.Item, -1);
        if (!_holdings.TryGetValue(holding.Item, out var known)) _holdings[holding.Item] = known = [];
        known.RemoveAll(h => h.Device == holding.Device && h.Volume == holding.Volume);
        var at = known.FindIndex(h =>
            h.Device.CompareTo(holding.Device) is var order && (order > 0
                || (order == 0 && h.Volume.CompareTo(holding.Volume) > 0)));
        known.Insert(at < 0 ? known.Count : at, holding);
        Load(holding.Item, 1);
    }

    /// <summary>Replaces all that is known of an item's places; in the order of devices and volumes.</summary>
    internal void SetHoldings(ItemId item, List<Holding> holdings)
    {
        Load(item, -1);
        if (holdings.Count == 0) _holdings.Remove(item);
        else _holdings[item] = holdings;
        Load(item, 1);
    }

    internal void SetRegistry(IEnumerable<Device> devices, IEnumerable<Volume> volumes)
    {
        _devices.Clear();
        _volumes.Clear();
        foreach (var device in devices) Put(device);
        foreach (var volume in volumes) Put(volume);
    }

    internal void SetRules(
        IEnumerable<Policy> policies, IEnumerable<Source> sources, IEnumerable<DutyOverride> overrides)
    {
        _policies.Clear();
        _sources.Clear();
        _overrides.Clear();
        foreach (var policy in policies) Put(policy);
        foreach (var source in sources) Put(source);
        foreach (var given in overrides) Put(given);
    }

    internal void SetReleases(IEnumerable<Release> releases, IEnumerable<LockGrant> locks)
    {
        _releases.Clear();
        _locks.Clear();
        foreach (var release in releases) Put(release);
        foreach (var granted in locks) Put(granted);
    }

    internal void SetTorrents(IEnumerable<TorrentReport> reports)
    {
        _torrents.Clear();
        foreach (var report in reports) Put(report);
    }

    /// <summary>Adds what an item's copies weigh to its holders' loads, or takes it off before a change.</summary>
    /// <param name="times">1 or -1.</param>
    private void Load(ItemId item, int times)
    {
        if (!_holdings.TryGetValue(item, out var holdings)) return;
        var bytes = _items.GetValueOrDefault(item)?.SizeBytes ?? 0;
        foreach (var holding in holdings)
        {
            if (holding.State != HoldingState.Present) continue;
            var load = _loads.GetValueOrDefault(holding.Device);
            load = new DeviceLoad(load.Copies + times, load.Bytes + (times * bytes));
            if (load.Copies == 0) _loads.Remove(holding.Device);
            else _loads[holding.Device] = load;
        }
    }
}
