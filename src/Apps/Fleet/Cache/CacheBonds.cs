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

    /// <summary>
    /// True where the copy here counts, so that it goes under locks alone (D1), or the floor is not met elsewhere.
    /// </summary>
    public bool IsBound(ItemId item)
    {
        var holdings = _state.HoldingsOf(item);
        if (holdings.Count == 0 && !_state.Items.ContainsKey(item)) return false;
        if (_counts) return true;
        var floor = CopiesElsewhere.FloorOf(_state, item);
        var devices = holdings.Where(IsCountedElsewhere).Select(h => _state.Devices[h.Device]).Distinct().ToList();
        var nodes = devices.Count(d => d.Steward is null);
        return DropRule.Filled(floor, nodes, devices.Count - nodes) < floor;
    }

    private bool IsCountedElsewhere(Holding holding) =>
        holding.Device != _self
        && _state.Devices.TryGetValue(holding.Device, out var device)
        && Counts(device)
        && (device.Class == DeviceClass.Archive || !_lost.Contains(device.Id))
        && holding.IsVerifiedAt(_unixMs, device.Class);

    private static bool Counts(Device device) => device.State.IsThere() && device.Class.Counts();
}
