using System.Globalization;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>The sentence that answers "is it all right?", and what only the owner can put right.</summary>
internal static class FleetNeeds
{
    public static Sentence Verdict(Custody custody, bool isInFleet)
    {
        if (!isInFleet) return "This device is in no fleet yet.";
        if (custody.Lines.Count == 0) return "The fleet keeps nothing yet.";
        if (custody.Below > 0)
        {
            var (below, unproven) = (Below(custody), Unproven(custody.Unproven));
            return $"{below}; {unproven}";
        }

        if (custody.Lines.Count == 1) return "The one item has the copies you asked for.";
        return $"All {Number(custody.Lines.Count)} items have the copies you asked for.";
    }

    private static Sentence Below(Custody custody)
    {
        var all = Number(custody.Lines.Count);
        if (custody.Lines.Count == 1) return "The one item has fewer copies than you asked for";
        if (custody.Below == 1) return $"Of {all} items, 1 item has fewer copies than you asked for";
        return $"Of {all} items, {Number(custody.Below)} items have fewer copies than you asked for";
    }

    private static Sentence Unproven(int items)
    {
        if (items == 0) return "each has a copy that is proven.";
        if (items == 1) return "of 1 no copy is proven.";
        return $"of {Number(items)} no copy is proven.";
    }

    public static IReadOnlyList<FleetNeed> Of(
        SeenPlan seen, IReadOnlyList<DeviceStanding> devices, IReadOnlyList<Policy> policies, bool isInFleet,
        DeviceId self)
    {
        var needs = new List<FleetNeed>();
        if (isInFleet && devices.All(d => d.Device.Id != self))
            needs.Add(new FleetNeed(
                "device_undeclared", "this device", "It has not said what it is, so its copies count for nothing.",
                FleetNeed.AsIs("anarchive fleet device declare --class always_on|desktop|laptop")));
        needs.AddRange(devices.Where(IsMissed).Select(Missed));
        var counting = devices.Count(d => d.Device.State.IsThere() && d.Device.Class.Counts());
        needs.AddRange(
            seen.Plan.Infeasible.GroupBy(i => i.Why).OrderBy(g => g.Key).Select(g => Short(g, counting)));
        // Where every policy has them made without asking, they need nobody.
        if (seen.Plan.Copies.Count > 0 && !policies.All(p => p.AutoCopy)) needs.Add(Planned(seen.Plan.Copies, self));
        needs.AddRange(seen.Plan.Duties.Ignored.Select(Ignored));
        return needs;
    }

    private static FleetNeed Planned(IReadOnlyList<PlannedCopy> copies, DeviceId self) =>
        copies.Any(c => c.Target == self)
            ? new FleetNeed(
                "copies_planned", "copies", Planned(copies.Count), FleetNeed.AsIs("anarchive fleet repin"))
            : new FleetNeed(
                "copies_planned", "copies", PlannedElsewhere(copies.Count),
                "Have them made there, or by themselves: that is a word of their policy.");

    private static Sentence Planned(int copies)
    {
        if (copies == 1) return "1 copy would be made.";
        return $"{Number(copies)} copies would be made.";
    }

    private static Sentence PlannedElsewhere(int copies)
    {
        if (copies == 1) return "1 copy would be made, by another device.";
        return $"{Number(copies)} copies would be made, by other devices.";
    }

    private static bool IsMissed(DeviceStanding device) =>
        device.Device is { State: DeviceState.Active }
        && device.Device.Class.Counts() && device.Device.Class != DeviceClass.Archive
        && device.Heard is Fleet.Reachability.Away or Fleet.Reachability.Lost;

    private static FleetNeed Missed(DeviceStanding device) => new(
        "device_missing", FleetNeed.AsIs(device.Device.Name), Missing(device.Standing),
        $"Look at it; if it is gone for good: anarchive fleet device gone {device.Device.Id.ToString()[..12]}");

    private static Sentence Missing(Fleet.Reachability standing)
    {
        if (standing != Fleet.Reachability.Lost) return "Out of reach for a day or more.";
        return "Out of reach for three days or more: its copies count no more.";
    }

    /// <param name="counting">Devices whose copies count at all.</param>
    private static FleetNeed Short(IGrouping<Constraint, Infeasible> items, int counting)
    {
        var count = items.Count();
        FleetNeed Because(Sentence cause, Sentence action) =>
            new("short_of_" + items.Key.ToString().ToLowerInvariant(), Items(count), cause, action);
        return items.Key switch
        {
            Constraint.Zones or Constraint.Devices when counting == 0 => Because(
                "Short of copies: those on laptops and phones count for nothing.",
                "Add a device that is on most days."),
            Constraint.Zones when counting == 1 => Because(
                "Short of copies: one device alone keeps them.",
                "Add a device that is on most days, in another zone."),
            Constraint.Source => Because(
                "Short of copies: no device that can be reached has them.", "Bring back a device that has them."),
            Constraint.Devices => Because(
                "Short of copies: every device that may keep them has them.", "Add a device that is on most days."),
            Constraint.Capacity => Because(
                "Short of copies: no volume has room for them.", "Make room, or add a volume."),
            Constraint.Zones => Because(
                "Short of copies: too few places: these devices fail together.", "Add a device in another zone."),
            _ => Because("Short of copies: too few devices elsewhere.", "Add a device that is off-site."),
        };
    }

    private static Sentence Items(int count)
    {
        if (count == 1) return $"{count} item";
        return $"{Number(count)} items";
    }

    private static FleetNeed Ignored(IgnoredOverride ignored) => new(
        "duty_ignored", FleetNeed.AsIs(ignored.Override.Duty), Unheeded(ignored.Why),
        FleetNeed.AsIs($"anarchive fleet duty clear {ignored.Override.Duty} {ignored.Override.Subject}"));

    private static Sentence Unheeded(OverrideRefusal why)
    {
        if (why == OverrideRefusal.Subject) return "You gave this duty for something that is not there.";
        return "The device that you gave this duty may not have it.";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
