namespace Anarchive.Fleet;

/// <summary>What the fleet's custody asks of one device's copies at a moment (design: offline cache, C1).</summary>
public sealed class CacheBonds
{
    private readonly FleetState _state;
    private readonly DeviceId _self;
    private readonly long _unixMs;
    private readonly HashSet<DeviceId> _lost;
    private readonly bool _counts;

    public CacheBonds(FleetState state, DeviceId self, long unixMs)
    {
        (_state, _self, _unixMs) = (state, self, unixMs);
        // The better of its observers counts: one of them may be cut off itself.
        _lost = [.. state.Probes.GroupBy(p => p.Subject).Where(g => g.Min(p => p.State) == Reachability.Lost)
            .Select(g => g.Key)];
        // A device that said nothing of itself may be one that counts.
        _counts = !state.Devices.TryGetValue(self, out var device) || Counts(device);
    }

    /// <summary>What is asked of the copies of an item on this device.</summary>
    public CustodyBond Of(ItemId item)
    {
        var holdings = _state.HoldingsOf(item);
        if (holdings.Count == 0 && !_state.Items.ContainsKey(item)) return CustodyBond.None;
        var floor = (_state.Items.TryGetValue(item, out var known) ? _state.PolicyOf(known) : _state.DefaultPolicy)
            .Floor;
        var devices = holdings.Where(IsCountedElsewhere).Select(h => _state.Devices[h.Device]).Distinct().ToList();
        // As in D1: copies that run no node of this fleet fill at most one place less than the floor.
        var nodes = devices.Count(d => d.Steward is null);
        var elsewhere = nodes + Math.Min(Math.Max(0, floor - 1), devices.Count - nodes);
        return elsewhere < floor ? CustodyBond.Bound : _counts ? CustodyBond.Releasable : CustodyBond.None;
    }

    private bool IsCountedElsewhere(Holding holding) =>
        holding.Device != _self
        && _state.Devices.TryGetValue(holding.Device, out var device)
        && Counts(device)
        && (device.Class == DeviceClass.Archive || !_lost.Contains(device.Id))
        && holding.IsVerifiedAt(_unixMs, device.Class);

    private static bool Counts(Device device) =>
        device.State is DeviceState.Active or DeviceState.Draining
        && device.Class is not (DeviceClass.Laptop or DeviceClass.Phone);
}
