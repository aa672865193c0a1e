using System.Globalization;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>The sentence that answers "is it all right?", and what only the owner can put right.</summary>
internal static class FleetNeeds
{
    public static string Verdict(Custody custody, bool isInFleet)
    {
        if (!isInFleet) return "This device is in no fleet yet.";
        if (custody.Lines.Count == 0) return "The fleet keeps nothing yet.";
        if (custody.Below == 0)
            return custody.Lines.Count == 1
                ? "The one item has the copies you asked for."
                : $"All {Number(custody.Lines.Count)} items have the copies you asked for.";
        var below = custody.Below == 1 ? "1 item has" : $"{Number(custody.Below)} items have";
        var unproven = custody.Unproven switch
        {
            0 => "; each has a copy that is proven.",
            1 => "; of 1 no copy is proven.",
            _ => $"; of {Number(custody.Unproven)} no copy is proven.",
        };
        return $"Of {Number(custody.Lines.Count)} items, {below} fewer copies than you asked for{unproven}"
            .Replace("Of 1 items, 1 item has", "The one item has", StringComparison.Ordinal);
    }

    public static IReadOnlyList<FleetNeed> Of(
        SeenPlan seen, IReadOnlyList<DeviceStanding> devices, bool isInFleet, DeviceId self)
    {
        var needs = new List<FleetNeed>();
        if (isInFleet && devices.All(d => d.Device.Id != self))
            needs.Add(new FleetNeed(
                "device_undeclared", "this device", "It has not said what it is, so its copies count for nothing.",
                "anarchive fleet device declare --class always_on|desktop|laptop"));
        needs.AddRange(devices.Where(IsMissed).Select(Missed));
        needs.AddRange(seen.Plan.Infeasible.GroupBy(i => i.Why).OrderBy(g => g.Key).Select(Short));
        var copies = seen.Plan.Copies.Count;
        if (copies > 0)
            needs.Add(new FleetNeed(
                "copies_planned", "copies", copies == 1
                    ? "1 copy would be made." : $"{Number(copies)} copies would be made.",
                "anarchive fleet repin"));
        needs.AddRange(seen.Plan.Duties.Ignored.Select(Ignored));
        return needs;
    }

    private static bool IsMissed(DeviceStanding device) =>
        device.Device is { State: DeviceState.Active }
        && device.Device.Class.Counts() && device.Device.Class != DeviceClass.Archive
        && device.Heard is Fleet.Reachability.Away or Fleet.Reachability.Lost;

    private static FleetNeed Missed(DeviceStanding device) => new(
        "device_missing", device.Device.Name,
        device.Standing == Fleet.Reachability.Lost
            ? "Out of reach for three days or more: its copies count no more."
            : "Out of reach for a day or more.",
        $"Look at it; if it is gone for good: anarchive fleet device dead {device.Device.Id.ToString()[..12]}");

    private static FleetNeed Short(IGrouping<Constraint, Infeasible> items)
    {
        var count = items.Count();
        var (cause, action) = items.Key switch
        {
            Constraint.Source => ("no device that can be reached has them.", "Bring back a device that has them."),
            Constraint.Devices => ("every device that may keep them has them.", "Add a device that is on most days."),
            Constraint.Capacity => ("no volume has room for them.", "Make room, or add a volume."),
            Constraint.Zones => ("too few places: these devices fail together.", "Add a device in another zone."),
            _ => ("too few devices elsewhere.", "Add a device that is off-site."),
        };
        return new FleetNeed(
            "short_of_" + items.Key.ToString().ToLowerInvariant(),
            count == 1 ? "1 item" : $"{Number(count)} items", "Short of copies: " + cause, action);
    }

    private static FleetNeed Ignored(IgnoredOverride ignored) => new(
        "duty_ignored", ignored.Override.Duty,
        ignored.Why == OverrideRefusal.Subject
            ? "You gave this duty for something that is not there."
            : "The device that you gave this duty may not have it.",
        $"anarchive fleet duty clear {ignored.Override.Duty} {ignored.Override.Subject}");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
