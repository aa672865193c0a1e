namespace Anarchive.Fleet;

/// <summary>Proposes which of an item's copies beyond the ceiling goes first.</summary>
internal static class Releases
{
    public static List<ProposedRelease> Of(
        PlanningTable table, PolicyTable policies, GivenDuties given, RowStates states)
    {
        var found = new List<ProposedRelease>();
        foreach (var row in states.Excesses())
        {
            var device = WorstOf(table, policies[table.Items.Policies[row]], given, row);
            if (device < 0) continue;
            found.Add(new ProposedRelease(
                table.Items.Ids[row], table.Items.Sizes[row], table.DeviceAt(device).Id));
        }

        return found;
    }

    /// <summary>
    /// The last in rank that can act, and that the policy's zones can do without. Nobody can release a copy on a
    /// shelf or on a device out of reach, and one that is proposed in vain keeps the others from their turn.
    /// </summary>
    private static int WorstOf(PlanningTable table, Policy policy, GivenDuties given, int row)
    {
        var kept = given.OfRow(DutyNames.Custodian, row);
        var x = table.KeyOf(table.Items.Ids[row].Value);
        var (worst, worstScore) = (-1, 0UL);
        foreach (var holder in table.Items.HoldersOf(row))
        {
            var device = table.DeviceAt(holder >> 1);
            if (!table.IsCounted(holder) || !device.IsOnline) continue;
            if (device.Class == DeviceClass.Archive || holder >> 1 == kept) continue;
            if (!CanDoWithout(table, policy, row, holder >> 1)) continue;
            var score = Ranking.Score(x, table.KeyOf(holder >> 1), device.Weight);
            if (worst < 0 || score >= worstScore) (worst, worstScore) = (holder >> 1, score);
        }

        return worst;
    }

    private static bool CanDoWithout(PlanningTable table, Policy policy, int row, int leaving)
    {
        var (zones, offsite) = (new HashSet<int>(), 0);
        foreach (var holder in table.Items.HoldersOf(row))
        {
            if (holder >> 1 == leaving || !table.IsCounted(holder)) continue;
            zones.Add(table.ZoneOf(holder >> 1));
            if (table.DeviceAt(holder >> 1).IsOffsite) offsite++;
        }

        return zones.Count >= policy.ZonesMin && offsite >= policy.OffsiteMin;
    }
}
