namespace Anarchive.Fleet;

/// <summary>Who is so large that one copy of every item belongs there.</summary>
internal sealed class Saturation
{
    private readonly int[] _full;

    /// <summary>
    /// With fewer zones asked for than copies, devices are judged, since a zone may then hold several copies.
    /// </summary>
    public Saturation(PlanningTable table, Policy policy)
    {
        OfDevices = policy.ZonesMin < policy.Floor;
        var weights = new long[OfDevices ? table.Devices.Count : table.Zones.Length];
        for (var device = 0; device < table.Devices.Count; device++)
            weights[OfDevices ? device : table.ZoneOf(device)] += table.DeviceAt(device).Weight;
        _full = Find(weights, policy.Floor);
    }

    /// <summary>The numbers are of devices, not of zones.</summary>
    public bool OfDevices { get; }

    /// <summary>Heaviest first.</summary>
    public ReadOnlySpan<int> Full => _full;

    /// <summary>
    /// While copies remain, whoever owns at least one copy's share of the remaining weight takes one of each.
    /// </summary>
    private static int[] Find(long[] weights, int copies)
    {
        var order = Enumerable.Range(0, weights.Length).OrderByDescending(i => weights[i]).ThenBy(i => i);
        var remaining = weights.Sum();
        var found = new List<int>();
        foreach (var i in order)
        {
            if (copies == 0 || weights[i] == 0 || weights[i] < DivideUp(remaining, copies)) break;
            found.Add(i);
            remaining -= weights[i];
            copies--;
        }

        return [.. found];
    }

    private static long DivideUp(long number, int by) => (number + by - 1) / by;
}
