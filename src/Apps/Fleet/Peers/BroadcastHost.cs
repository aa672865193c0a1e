namespace Anarchive.Fleet;

/// <summary>The one device that friends are sent to: as the plan has it, without planning the items.</summary>
public static class BroadcastHost
{
    /// <summary>Null where no device can have the duty, or the owner gave it to nobody.</summary>
    public static DeviceId? Of(FleetState state, Epoch now)
    {
        var devices = new FleetState(state.Group);
        foreach (var device in state.Devices.Values) devices.Put(device);
        foreach (var volume in state.Volumes.Values) devices.Put(volume);
        foreach (var probe in state.Probes) devices.Put(probe);
        foreach (var given in state.Overrides) devices.Put(given);
        var plan = Planner.Plan(PlanningTable.From(devices, now), PolicyTable.From(devices));
        return plan.Duties.BroadcastHost ?? Alone(state);
    }

    /// <summary>A device without another has nobody who could probe it.</summary>
    private static DeviceId? Alone(FleetState state) =>
        state.Devices.Values.ToArray() is [{ Steward: null, State: DeviceState.Active } only]
        && state.Overrides.All(o => o.Duty != DutyNames.BroadcastHost)
            ? only.Id
            : null;
}
