namespace Anarchive.Fleet;

/// <summary>Whom a device is to watch, without planning for items.</summary>
public static class ProbeDuties
{
    /// <summary>The subjects of its duty <c>prober</c> at an epoch, by id; none for a device nobody declared.</summary>
    /// <remarks>The plan's own answer: which two watch a device follows from the devices alone.</remarks>
    public static IReadOnlyList<DeviceId> Of(FleetState state, Epoch epoch, DeviceId self)
    {
        var registry = new FleetState(state.Group);
        foreach (var device in state.Devices.Values) registry.Put(device);
        foreach (var volume in state.Volumes.Values) registry.Put(volume);
        foreach (var probe in state.Probes) registry.Put(probe);
        foreach (var given in state.Overrides) registry.Put(given);
        var plan = Planner.Plan(PlanningTable.From(registry, epoch), PolicyTable.From(registry));
        return [.. plan.Duties.Probers.Where(p => p.Observers.Contains(self)).Select(p => p.Subject).Order()];
    }
}
