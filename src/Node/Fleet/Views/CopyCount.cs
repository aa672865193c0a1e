using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>Whether a copy counts towards its floor, and if not, the first reason.</summary>
/// <remarks>Judged as the plan does, from the same table, so that a page never says another number.</remarks>
internal sealed class CopyCount(PlanningTable table)
{
    /// <summary>Of a copy that counts.</summary>
    public const string Counted = "counts";

    private readonly Dictionary<DeviceId, PlanDevice> _devices = table.Devices.ToDictionary(d => d.Id);

    private readonly HashSet<VolumeId> _present =
        [.. table.Devices.SelectMany(d => d.Volumes).Select(v => v.Id)];

    /// <summary>Whether every copy is judged alike by either table.</summary>
    public static bool IsAlike(PlanningTable one, PlanningTable other) =>
        one.Epoch == other.Epoch && one.Devices.Count == other.Devices.Count
        && one.Devices.Zip(other.Devices).All(pair => IsAlike(pair.First, pair.Second));

    /// <summary>Devices with a copy that counts: two volumes of one device fail together, and are one.</summary>
    public int Of(IReadOnlyList<Holding> holdings)
    {
        var (count, last) = (0, default(DeviceId));
        // They come by device.
        foreach (var holding in holdings)
        {
            if ((count > 0 && holding.Device == last) || !Counts(holding)) continue;
            (count, last) = (count + 1, holding.Device);
        }

        return count;
    }

    public bool Counts(Holding holding) => Why(holding) == Counted;

    /// <summary>A word of docs/operating.md ("Why a copy counts or not").</summary>
    public string Why(Holding holding)
    {
        switch (holding.State)
        {
            case HoldingState.Partial: return "partial";
            case HoldingState.Quarantined: return "quarantined";
            case HoldingState.Gone: return "gone";
        }

        if (!_devices.TryGetValue(holding.Device, out var device)) return "device_unknown";
        if (!device.State.IsThere()) return "device_out";
        if (!device.Class.Counts()) return "class_never_counts";
        var isArchive = device.Class == DeviceClass.Archive;
        if (!isArchive && device.Standing == Fleet.Reachability.Lost) return "device_lost";
        if (!isArchive && device.UptimePermille == 0) return "seldom_up";
        if (!isArchive && !_present.Contains(holding.Volume)) return "volume_absent";
        if (holding.ProvenMs is null) return "unproven";
        return holding.IsVerifiedAt(table.Epoch.StartMs, device.Class) ? Counted : "proof_old";
    }

    /// <summary>As <see cref="Why"/> looks at devices.</summary>
    private static bool IsAlike(PlanDevice one, PlanDevice other) =>
        one.Id == other.Id && one.State == other.State && one.Class == other.Class
        && (one.Standing == Fleet.Reachability.Lost) == (other.Standing == Fleet.Reachability.Lost)
        && (one.UptimePermille == 0) == (other.UptimePermille == 0)
        && one.Volumes.Select(v => v.Id).SequenceEqual(other.Volumes.Select(v => v.Id));
}
