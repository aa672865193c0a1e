namespace Anarchive.Fleet;

/// <summary>
/// Makes room for an item that fits nowhere, by sending one copy planned earlier elsewhere. Never touches bytes that
/// exist: what moves is a plan.
/// </summary>
internal sealed class Displacement(
    PlanningTable table, PolicyTable policies, GivenDuties given, Room room, PlannedCopyList copies)
{
    // In devices and copies looked at: a fleet that is full all over is found to be so in seconds, not in hours.
    private const long StepsPerItem = 2_000_000;

    private long _steps = 100_000_000;

    /// <summary>The device that has room now, and the bytes that went elsewhere; -1 where none could be made.</summary>
    public (int Device, long MovedBytes) MakeRoom(Placement item, Demand demand)
    {
        // A copy that leaves must fit somewhere, and what it leaves behind must do.
        var most = room.Most();
        if (_steps <= 0 || 2 * most < item.Size) return (-1, 0);
        var end = Math.Max(0, _steps - StepsPerItem);
        foreach (var device in item.All())
        {
            if (item.IsTaken(device) || !item.Meets(device, demand)) continue;
            foreach (var number in copies.At(device))
            {
                var copy = copies[number];
                var size = table.Items.Sizes[copy.Row];
                if (--_steps <= end) return (-1, 0);
                if (size > most || !room.FitsWithout(copy.Volume, size, item.Size)) continue;
                _steps -= table.Devices.Count;
                var to = Elsewhere(number, size);
                if (to < 0) continue;
                copies.Move(number, to);
                return (device, size);
            }
        }

        return (-1, 0);
    }

    /// <summary>Where the copy could go instead, without its item losing a zone or offsite place it needs.</summary>
    private int Elsewhere(int number, long size)
    {
        var copy = copies[number];
        if (given.OfRow(DutyNames.Custodian, copy.Row) == copy.Device) return -1;
        var (best, bestScore, x) = (-1, ulong.MaxValue, 0UL);
        for (var device = 0; device < table.Devices.Count; device++)
        {
            if (!table.IsTarget(device) || device == copy.Device || !room.Fits(device, size)) continue;
            if (!MayMove(number, device)) continue;
            if (x == 0) x = table.KeyOf(table.Items.Ids[copy.Row].Value);
            var score = Ranking.Score(x, table.KeyOf(device), table.DeviceAt(device).Weight);
            if (best < 0 || score < bestScore) (best, bestScore) = (device, score);
        }

        return best;
    }

    private bool MayMove(int number, int to)
    {
        var copy = copies[number];
        var policy = policies[table.Items.Policies[copy.Row]];
        var zones = new List<int>();
        var offsite = 0;
        foreach (var holder in table.Items.HoldersOf(copy.Row))
        {
            if (holder >> 1 == to) return false;
            if (table.IsStaying(holder)) Cover(holder >> 1);
        }

        var (from, end) = copies.Beside(number);
        for (var other = from; other < end; other++)
        {
            if (copies[other].Device == to) return false;
            if (other != number) Cover(copies[other].Device);
        }

        var (zonesWithout, offsiteWithout) = (zones.Count, offsite);
        Cover(copy.Device);
        var (zonesNow, offsiteNow) = (zones.Count, offsite);
        var zonesThen = zonesWithout + (ZoneIsNew() ? 1 : 0);
        var offsiteThen = offsiteWithout + (table.DeviceAt(to).IsOffsite ? 1 : 0);
        return zonesThen >= Math.Min(policy.ZonesMin, zonesNow)
            && offsiteThen >= Math.Min(policy.OffsiteMin, offsiteNow);

        void Cover(int device)
        {
            if (table.DeviceAt(device).IsOffsite) offsite++;
            if (!zones.Contains(table.ZoneOf(device))) zones.Add(table.ZoneOf(device));
        }

        bool ZoneIsNew() => zones.IndexOf(table.ZoneOf(to)) is var at && (at < 0 || at >= zonesWithout);
    }
}
