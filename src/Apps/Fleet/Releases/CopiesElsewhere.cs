namespace Anarchive.Fleet;

/// <summary>What the fleet's log says of an item's copies on other devices than the one that asks.</summary>
public static class CopiesElsewhere
{
    /// <summary>
    /// In the order of devices and volumes. Laptops and phones never count towards a floor, and are left out; so is a
    /// rented box that every observer last called lost, since nobody there can be asked, and what a friend of another
    /// device keeps: only its steward can have it locked.
    /// </summary>
    public static IReadOnlyList<OtherCopy> Of(FleetState state, ItemId item, DeviceId self, long unixMs) =>
        Of(state, item, self, self, unixMs);

    /// <summary>As above, for a copy of <paramref name="leaving"/> that its steward has let go.</summary>
    public static IReadOnlyList<OtherCopy> Of(
        FleetState state, ItemId item, DeviceId leaving, DeviceId by, long unixMs)
    {
        var copies = new List<OtherCopy>();
        foreach (var holding in state.HoldingsOf(item))
        {
            if (holding.Device == leaving || !state.Devices.TryGetValue(holding.Device, out var device)) continue;
            if (!device.Class.Counts() || IsLostBox(state, device)) continue;
            if (device.IsFriends && device.Steward != by.AsNode()) continue;
            copies.Add(new OtherCopy(
                device.Id, KindOf(device), holding.State, device.State,
                (holding with { State = HoldingState.Present }).IsVerifiedAt(unixMs, device.Class), IsLocked: false));
        }

        return copies;
    }

    /// <summary>How many copies have to be elsewhere.</summary>
    public static int FloorOf(FleetState state, ItemId item) =>
        (state.Items.TryGetValue(item, out var known) ? state.PolicyOf(known) : state.DefaultPolicy).Floor;

    private static CopyKind KindOf(Device device) => device switch
    {
        { Steward: null } => CopyKind.Node,
        { IsFriends: true } => CopyKind.Friend,
        _ => CopyKind.Agentless,
    };

    private static bool IsLostBox(FleetState state, Device device)
    {
        if (device.Steward is null || device.Class == DeviceClass.Archive) return false;
        var probes = state.Probes.Where(p => p.Subject == device.Id).ToList();
        return probes.Count > 0 && probes.TrueForAll(p => p.State == Reachability.Lost);
    }
}
