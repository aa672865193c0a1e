namespace Anarchive.Fleet;

/// <summary>Which copies count.</summary>
/// <param name="OfDead">Also those of retired and dead devices, which the fleet itself never counts (D9).</param>
/// <param name="ProvenAtMs">
/// Only those proven within their window at that Unix millisecond; null counts what is merely said to be there.
/// </param>
public sealed record CopyRule(bool OfDead, long? ProvenAtMs);

/// <summary>Counts copies as they are said or proven to be; who is reachable is for the plan to ask.</summary>
public static class CustodyCount
{
    /// <summary>Devices with a copy that counts: two volumes of one device fail together, and are one.</summary>
    public static int Of(FleetState state, ItemId item, CopyRule rule) => state.HoldingsOf(item)
        .Where(holding => Counts(state, holding, rule)).Select(holding => holding.Device).Distinct().Count();

    /// <summary>Items somebody holds or held, with fewer copies than their policy's floor; in order.</summary>
    public static IReadOnlyList<ItemId> BelowFloor(FleetState state, CopyRule rule) =>
        [.. state.HeldItems.Where(item => Of(state, item, rule) < FloorOf(state, item)).Order()];

    private static int FloorOf(FleetState state, ItemId item) =>
        state.Items.TryGetValue(item, out var known) ? state.PolicyOf(known).Floor : state.DefaultPolicy.Floor;

    private static bool Counts(FleetState state, Holding holding, CopyRule rule)
    {
        if (holding.State != HoldingState.Present || !state.Devices.TryGetValue(holding.Device, out var device))
            return false;
        if (!rule.OfDead && device.State is DeviceState.Retired or DeviceState.Dead) return false;
        return rule.ProvenAtMs is not { } at || holding.IsVerifiedAt(at, device.Class);
    }
}
