using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Counts the items whose copies other devices lost, let go, or died with, for the breaker (D6).</summary>
public sealed class LossWatch(FleetBook book, FleetDesk desk, ReleaseBook releases, ILogger<LossWatch> log)
    : IDisposable
{
    private readonly Dictionary<ItemId, int> _copies = [];
    private FleetFollower? _follower;
    private bool _isFirst = true;

    /// <summary>Looks at what changed since the last time; the first look only takes note.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        _follower ??= book.Follow();
        var (lost, holdings) = _follower.Read(Count);
        if (lost > 0 && !_isFirst && await releases.CountAsync(lost, holdings, cancellation))
            NodeLog.BreakerOpened(log, lost, holdings);
        _isFirst = false;
    }

    public void Dispose() => _follower?.Dispose();

    private (int Lost, int Holdings) Count(FleetState state, FleetChanges changes)
    {
        // A device that died or joined changes what all of its items count.
        var items = changes.Everything || changes.Registry
            ? state.HeldItems.Concat(_copies.Keys).Distinct()
            : changes.Items;
        var lost = 0;
        foreach (var item in items.ToList())
        {
            var now = state.HoldingsOf(item).Count(h => IsThere(state, h));
            if (now < _copies.GetValueOrDefault(item)) lost++;
            if (now == 0) _copies.Remove(item);
            else _copies[item] = now;
        }

        return (lost, _copies.Values.Sum() + lost);
    }

    /// <summary>Our own are counted as they are set aside.</summary>
    private bool IsThere(FleetState state, Holding holding) =>
        holding.Device != desk.Self && holding.State is HoldingState.Present or HoldingState.Partial
        && state.Devices.GetValueOrDefault(holding.Device)?.State is DeviceState.Active or DeviceState.Draining;
}
