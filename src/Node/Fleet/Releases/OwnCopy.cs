using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>Looks at this device's own copy of an item: what it is worth to whoever relies on it.</summary>
public sealed class OwnCopy(ItemStore store, Volumes volumes, FleetBook book, FleetDesk desk, TimeProvider time)
{
    /// <summary>
    /// Of all volumes that hold it, one that is there and whole; random pieces of it are read now, unless
    /// <paramref name="reads"/> is false.
    /// </summary>
    public async Task<FoundCopy> LookAsync(ItemId item, bool reads, CancellationToken cancellation)
    {
        var held = store.Held(item);
        var (state, verified) = book.Read(fleet => (
            fleet.Devices.GetValueOrDefault(desk.Self)?.State ?? DeviceState.Active, VerifiedOn(fleet, item)));
        FoundCopy? best = null;
        foreach (var one in held.OrderBy(h => h.State == HoldingState.Present ? 0 : 1).ThenBy(h => h.Volume))
        {
            var isThere = volumes.Look(one.Volume) is { IsPresent: true };
            var found = new FoundCopy(
                one.State, state, verified.Contains(one.Volume), isThere, AreRangesRight: !reads);
            if (reads && isThere && one.State == HoldingState.Present)
                found = found with { AreRangesRight = await IsRightAsync(item, one.Volume, cancellation) };
            if (found is { State: HoldingState.Present, IsVerified: true, IsVolumePresent: true, AreRangesRight: true })
                return found;
            best ??= found;
        }

        return best ?? new FoundCopy(null, state, false, false, false);
    }

    private HashSet<VolumeId> VerifiedOn(FleetState fleet, ItemId item)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var of = fleet.Devices.GetValueOrDefault(desk.Self)?.Class ?? DeviceClass.Desktop;
        return fleet.HoldingsOf(item).Where(h => h.Device == desk.Self && h.IsVerifiedAt(now, of))
            .Select(h => h.Volume).ToHashSet();
    }

    private async Task<bool> IsRightAsync(ItemId item, VolumeId volume, CancellationToken cancellation) =>
        store.Find(item, volume) is { } copy && store.LayerOf(item) is { } layer
        && await FileBytes.AreRandomPiecesRightAsync(copy.FullPath, layer, cancellation);
}
