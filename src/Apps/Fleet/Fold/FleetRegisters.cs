using System.Diagnostics;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What changed since the registers were settled last.</summary>
/// <param name="Registry">Devices, volumes, policies, sources, overrides, or who may speak for whom.</param>
/// <param name="Everything">The state was read anew; the sets say nothing then.</param>
/// <param name="Items">Whose description, holdings or pins changed.</param>
/// <param name="Probed">Devices that an observer said something new about.</param>
public sealed record FleetChanges(
    bool Registry, bool Everything, IReadOnlySet<ItemId> Items, IReadOnlySet<DeviceId> Probed);

/// <summary>A fleet's registers in memory, and the state that follows from them. One thread.</summary>
/// <remarks>
/// <see cref="Apply"/> takes writes in any order and any number of times; <see cref="Settle"/> judges them, and only
/// then is <see cref="State"/> up to date. The state depends on the set of writes and on the authority alone.
/// </remarks>
public sealed class FleetRegisters(GroupId group)
{
    private readonly RegisterForms _forms = new();
    private readonly RegistryWords _registry = new();
    private readonly ReleaseWords _releases = new();
    private readonly Dictionary<ItemId, ItemWords> _items = [];
    private readonly Slots<(ItemId Item, DeviceId? Device), PinKind> _pins = new();
    private readonly Slots<(DeviceId Subject, NodeId By), ProbeReported> _probes = new();
    private readonly Slots<(string InfoHash, DeviceId Device, NodeId By), TorrentStateSet> _torrents = new();
    private readonly Slots<ItemId, Baton> _batons = new();
    private readonly Slots<ItemId, ViewingSet> _viewings = new();
    private readonly HashSet<ItemId> _changedItems = [];
    private readonly HashSet<DeviceId> _probed = [];
    private Dictionary<DeviceId, Standing> _standings = [];
    private bool _registryChanged = true;
    private bool _torrentsChanged;
    private long _judged = -1;

    /// <summary>As of the last <see cref="Settle"/>.</summary>
    public FleetState State { get; } = new(group);

    /// <summary>Takes a write; one that is older than what is here changes nothing.</summary>
    public void Apply(RegisterWrite write)
    {
        var key = new ByteReader(write.Key);
        var order = write.Order;
        switch ((RegisterKind)key.Byte())
        {
            case RegisterKind.Chain:
                _registryChanged |= _registry.AddChain(key.Node(), order);
                break;
            case RegisterKind.Founded:
                _registryChanged |= _registry.AddFounding(key.Device(), order);
                break;
            case RegisterKind.Declared:
                _registryChanged |= _registry.Add(
                    key.Device(), order, Read<DeviceDeclared>(FleetApp.DeviceDeclared, write.Value.Span));
                break;
            case RegisterKind.Volume:
                _registryChanged |= _registry.Add(
                    order, Read<VolumeDeclared>(FleetApp.VolumeDeclared, write.Value.Span));
                break;
            case RegisterKind.Act:
                _registryChanged |= _registry.AddAct(order, ReadAct(write.Value.Span));
                break;
            case RegisterKind.Release or RegisterKind.ReleaseEnd or RegisterKind.Lock:
                _releases.Apply(write);
                break;
            case RegisterKind.Viewing:
                TakeViewing(key.Item(), order, write.Value.Span);
                break;
            case RegisterKind.Probe or RegisterKind.Torrent or RegisterKind.Baton or RegisterKind.Pin:
                TakeSingle(write);
                break;
            default:
                var item = key.Item();
                if (!_items.TryGetValue(item, out var words)) _items[item] = words = new ItemWords();
                if (Take(words, item, write)) _changedItems.Add(item);
                break;
        }
    }

    /// <summary>Brings the state up to date: what changed of it.</summary>
    public FleetChanges Settle(Authority authority)
    {
        var judgesAnew = _judged != authority.Version;
        var registry = judgesAnew || _registryChanged;
        if (registry) SettleRegistry(authority, judgesAnew);
        foreach (var item in _changedItems) Show(item, authority);
        if (registry || _releases.Changed) _releases.Settle(State, StandingOf);
        if (registry || _torrentsChanged) SettleTorrents();
        var changes = new FleetChanges(registry, Everything: false, _changedItems.ToHashSet(), _probed.ToHashSet());
        (_judged, _registryChanged, _torrentsChanged) = (authority.Version, false, false);
        _changedItems.Clear();
        _probed.Clear();
        return changes;
    }

    internal static T Read<T>(Kind kind, ReadOnlySpan<byte> payload)
        where T : class, IFleetPayload =>
        FleetPayloads.ReadPayload(kind, payload) as T
        ?? throw new InvalidOperationException("A register holds what no fold wrote.");

    private static IFleetPayload ReadAct(ReadOnlySpan<byte> value)
    {
        var from = new ByteReader(value);
        return Read<IFleetPayload>(new Kind(from.Text()!), from.Rest);
    }

    private bool Take(ItemWords words, ItemId item, RegisterWrite write)
    {
        var key = new ByteReader(write.Key);
        var kind = (RegisterKind)key.Byte();
        _ = key.Item();
        if (kind == RegisterKind.Described)
            return words.Add(write.Order, _forms.Read(item, write.Value.Span));
        var place = new HoldingPlace(key.Device(), key.Volume(), key.Number());
        var value = write.Value.Span;
        return kind switch
        {
            RegisterKind.Holding => words.Add(
                write.Order, new HoldingWord(place, (HoldingState)value[0], (Evidence)value[1])),
            RegisterKind.Challenge => words.Add(write.Order, new ChallengeWord(place, key.Byte())),
            RegisterKind.Failure => words.AddFailure(write.Order, place),
            _ => throw new UnreachableException(),
        };
    }

    private void TakeSingle(RegisterWrite write)
    {
        var key = new ByteReader(write.Key);
        var order = write.Order;
        var value = write.Value.Span;
        switch ((RegisterKind)key.Byte())
        {
            case RegisterKind.Pin:
                var pin = (Item: key.Item(), Device: key.IsAtEnd ? (DeviceId?)null : key.Device());
                var kind = Read<PinSet>(FleetApp.PinSet, value).Kind;
                if (!_pins.Offer(pin, order, kind)) break;
                State.Pin(pin.Item, pin.Device, kind);
                _changedItems.Add(pin.Item);
                break;
            case RegisterKind.Probe:
                var probe = Read<ProbeReported>(FleetApp.ProbeReported, value);
                if (!_probes.Offer((probe.Subject, order.Origin), order, probe)) break;
                State.Put(Shown(probe, order));
                _probed.Add(probe.Subject);
                break;
            case RegisterKind.Baton:
                var from = new ByteReader(value);
                var holding = from.Ref();
                var baton = Read<BatonAccepted>(FleetApp.BatonAccepted, from.Rest);
                var shown = new Baton(baton.Item, DeviceId.Of(order.Origin), baton.Week, holding);
                if (_batons.Offer(baton.Item, order, shown)) State.Put(shown);
                break;
            default:
                var report = Read<TorrentStateSet>(FleetApp.TorrentStateSet, value);
                _torrentsChanged |= _torrents.Offer((report.Infohash, key.Device(), order.Origin), order, report);
                break;
        }
    }

    /// <remarks>Any device's word counts, and nothing is planned by it: no change of an item is told.</remarks>
    private void TakeViewing(ItemId item, OwnerFirst order, ReadOnlySpan<byte> value)
    {
        var said = Read<ViewingSet>(FleetApp.ViewingSet, value);
        if (_viewings.Offer(item, order, said))
            State.Put(new ToldViewing(said, DeviceId.Of(order.Origin), order.Hlc.UnixMs));
    }

    private void SettleRegistry(Authority authority, bool judgesAnew)
    {
        var devices = _registry.Devices(authority);
        var before = _standings;
        _standings = devices.ToDictionary(d => d.Device.Id, d => d.Standing);
        State.SetRegistry(devices.Select(d => d.Device), _registry.Volumes(StandingOf));
        State.SetRules(_registry.Policies(authority), _registry.Sources(authority), _registry.Overrides(authority));
        // Whoever holds anything was asked for before.
        var moved = before.Where(known => known.Value != StandingOf(known.Key)).Select(known => known.Key).ToHashSet();
        foreach (var (item, words) in _items)
            if ((judgesAnew && words.IsContested) || (moved.Count > 0 && words.IsHeldBy(moved.Contains)))
                _changedItems.Add(item);
    }

    private Standing StandingOf(DeviceId device)
    {
        if (!_standings.TryGetValue(device, out var standing))
            _standings[device] = standing = _registry.Undeclared(device);
        return standing;
    }

    private void SettleTorrents() => State.SetTorrents(
        from said in _torrents.All
        where StandingOf(said.Key.Device).Signer == said.Key.By
        let report = said.Value.Content
        select new TorrentReport(
            report.Infohash, said.Key.Device, report.State, report.SinceEpoch, report.Complete));

    private static Probe Shown(ProbeReported said, OwnerFirst order) => new(
        said.Subject, order.Origin, said.State, said.Uptime, said.Samples, said.LastOk, order.Hlc.UnixMs,
        said.Free.ToDictionary(free => free.Volume, free => free.Bytes), said.Flags);

    private void Show(ItemId item, Authority authority)
    {
        if (!_items.TryGetValue(item, out var words)) return;
        if (words.Describe(item, authority) is { } described) State.Put(described);
        State.SetHoldings(item, words.Holdings(item, StandingOf));
    }
}
