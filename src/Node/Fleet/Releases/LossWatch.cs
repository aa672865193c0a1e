using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Counts the items whose copies other devices lost, let go, or died with, for the breaker (D6).</summary>
public sealed class LossWatch(FleetBook book, FleetDesk desk, ReleaseBook releases, ILogger<LossWatch> log)
    : IDisposable
{
    // Places are few and items many: of each item only the numbers of its places are kept.
    private readonly Dictionary<(DeviceId Device, VolumeId Volume), int> _numbers = [];
    private readonly List<(DeviceId Device, VolumeId Volume)> _places = [];
    private readonly Dictionary<ItemId, int[]> _copies = [];
    private FleetFollower? _follower;

    /// <summary>Looks at what changed since the last time; the first look only takes note.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        _follower ??= book.Follow();
        var (lost, holdings, where) = _follower.Read(Count);
        if (lost > 0 && await releases.CountAsync(lost, holdings, where, cancellation))
            NodeLog.BreakerOpened(log, lost, holdings);
    }

    public void Dispose() => _follower?.Dispose();

    private (int Lost, int Holdings, IReadOnlyList<LossCount> Where) Count(FleetState state, FleetChanges changes)
    {
        // A device that died or joined changes what all of its items count.
        var items = changes.Everything || changes.Registry
            ? state.HeldItems.Concat(_copies.Keys).Distinct()
            : changes.Items;
        var (lost, where) = (0, new Dictionary<(LossKind Kind, int Place), int>());
        foreach (var item in items.ToList())
        {
            var holdings = state.HoldingsOf(item);
            int[] now =
                [.. holdings.Where(h => IsThere(state, h)).Select(h => NumberOf(h.Device, h.Volume)).Distinct()];
            var before = _copies.GetValueOrDefault(item) ?? [];
            if (now.Length < before.Length)
            {
                lost++;
                foreach (var place in before.Except(now))
                {
                    var key = (KindOf(state, holdings, _places[place]), place);
                    where[key] = where.GetValueOrDefault(key) + 1;
                }
            }

            if (now.Length == 0) _copies.Remove(item);
            else _copies[item] = now;
        }

        return (lost, lost == 0 ? 0 : lost + state.CopiesHeld(),
            [.. where.Select(w => new LossCount(
                w.Key.Kind, _places[w.Key.Place].Device, _places[w.Key.Place].Volume, w.Value))]);
    }

    private int NumberOf(DeviceId device, VolumeId volume)
    {
        if (_numbers.TryGetValue((device, volume), out var number)) return number;
        _places.Add((device, volume));
        return _numbers[(device, volume)] = _places.Count - 1;
    }

    private static LossKind KindOf(
        FleetState state, IReadOnlyList<Holding> holdings, (DeviceId Device, VolumeId Volume) place)
    {
        if (state.Devices.GetValueOrDefault(place.Device)?.State.IsThere() != true)
            return LossKind.DeviceOut;
        return holdings.Any(h => h.Device == place.Device && h.Volume == place.Volume
            && h.State == HoldingState.Quarantined)
            ? LossKind.Released
            : LossKind.Gone;
    }

    /// <summary>Our own are counted as they are set aside.</summary>
    private bool IsThere(FleetState state, Holding holding) =>
        holding.Device != desk.Self && holding.State.IsHeld()
        && state.Devices.GetValueOrDefault(holding.Device)?.State.IsThere() == true;
}
