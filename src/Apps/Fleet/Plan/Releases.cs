namespace Anarchive.Fleet;

/// <summary>Proposes which copy of an item goes first: one on a draining device, else one beyond the ceiling.</summary>
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
        var isOver = Staying(table, row) > Math.Max(policy.Ceiling, policy.Floor);
        var (worst, worstLeaves, worstScore) = (-1, false, 0UL);
        foreach (var holder in table.Items.HoldersOf(row))
        {
            var device = table.DeviceAt(holder >> 1);
            if (!table.IsCounted(holder) || !device.IsOnline) continue;
            if (device.Class == DeviceClass.Archive || device.IsFriends || holder >> 1 == kept) continue;
            if (!isOver && device.Stays) continue;
            if (!CanDoWithout(table, policy, row, holder >> 1)) continue;
            var score = Ranking.Score(x, table.KeyOf(holder >> 1), device.Weight);
            var leaves = !device.Stays;
            if (worst < 0 || (leaves == worstLeaves ? score >= worstScore : leaves))
                (worst, worstLeaves, worstScore) = (holder >> 1, leaves, score);
        }

        return worst;
    }

    private static int Staying(PlanningTable table, int row)
    {
        var staying = 0;
        foreach (var holder in table.Items.HoldersOf(row))
            if (table.IsStaying(holder))
                staying++;
        return staying;
    }

    private static bool CanDoWithout(PlanningTable table, Policy policy, int row, int leaving)
    {
        var (zones, offsite) = (new HashSet<int>(), 0);
        foreach (var holder in table.Items.HoldersOf(row))
        {
            if (holder >> 1 == leaving || !table.IsStaying(holder)) continue;
            zones.Add(table.ZoneOf(holder >> 1));
            if (table.DeviceAt(holder >> 1).IsOffsite) offsite++;
        }

        return zones.Count >= policy.ZonesMin && offsite >= policy.OffsiteMin;
    }
}
