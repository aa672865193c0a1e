using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What the devices of a fleet agree on, as folded from its log. One thread.</summary>
/// <remarks>Built from registers; whoever reads it must not sort by dictionary order: it differs between devices.</remarks>
public sealed class FleetState(GroupId group)
{
    private readonly Dictionary<DeviceId, Device> _devices = [];
    private readonly Dictionary<VolumeId, Volume> _volumes = [];
    private readonly Dictionary<ItemId, Item> _items = [];
    private readonly Dictionary<ItemId, List<Holding>> _holdings = [];
    private readonly Dictionary<string, Policy> _policies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Source> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<(DeviceId Subject, NodeId Observer), Probe> _probes = [];
    private readonly Dictionary<(ItemId Item, DeviceId? Device), PinKind> _pins = [];
    private readonly Dictionary<(string Duty, string Subject), DutyOverride> _overrides = [];
    private readonly Dictionary<(string InfoHash, DeviceId Device), TorrentReport> _torrents = [];

    public GroupId Group { get; } = group;

    public IReadOnlyDictionary<DeviceId, Device> Devices => _devices;

    public IReadOnlyDictionary<VolumeId, Volume> Volumes => _volumes;

    public IReadOnlyDictionary<ItemId, Item> Items => _items;

    public IReadOnlyDictionary<string, Policy> Policies => _policies;

    public IReadOnlyDictionary<string, Source> Sources => _sources;

    public IReadOnlyCollection<Probe> Probes => _probes.Values;

    public IReadOnlyCollection<DutyOverride> Overrides => _overrides.Values;

    public IReadOnlyCollection<TorrentReport> Torrents => _torrents.Values;

    /// <summary>The highest gen of each place, in the order of devices and volumes.</summary>
    public IReadOnlyList<Holding> HoldingsOf(ItemId item) =>
        _holdings.TryGetValue(item, out var known) ? known : [];

    /// <summary>The fleet's pin, or one device's own.</summary>
    public PinKind PinOf(ItemId item, DeviceId? device = null) => _pins.GetValueOrDefault((item, device));

    public Policy PolicyOf(Item item) => _policies.GetValueOrDefault(item.Policy, Policy.Default);

    public void Put(Device device) => _devices[device.Id] = device;

    public void Put(Volume volume) => _volumes[volume.Id] = volume;

    public void Put(Item item) => _items[item.Id] = item;

    public void Put(Policy policy) => _policies[policy.Name] = policy;

    public void Put(Source source) => _sources[source.Name] = source;

    public void Put(Probe probe) => _probes[(probe.Subject, probe.Observer)] = probe;

    public void Put(DutyOverride given) => _overrides[(given.Duty, given.Subject)] = given;

    public void Put(TorrentReport report) => _torrents[(report.InfoHash, report.Device)] = report;

    public void Pin(ItemId item, DeviceId? device, PinKind kind) => _pins[(item, device)] = kind;

    /// <summary>Replaces what is known of that place.</summary>
    public void Put(Holding holding)
    {
        if (!_holdings.TryGetValue(holding.Item, out var known)) _holdings[holding.Item] = known = [];
        known.RemoveAll(h => h.Device == holding.Device && h.Volume == holding.Volume);
        var at = known.FindIndex(h =>
            h.Device.CompareTo(holding.Device) is var order && (order > 0
                || (order == 0 && h.Volume.CompareTo(holding.Volume) > 0)));
        known.Insert(at < 0 ? known.Count : at, holding);
    }
}
