namespace Anarchive.Fleet;

/// <summary>Plans on the caller's thread; <see cref="PlanRun"/> is the same in steps.</summary>
public static class Planner
{
    /// <param name="policies">Those that the table's rows were numbered by.</param>
    public static FleetPlan Plan(PlanningTable table, PolicyTable policies)
    {
        var run = new PlanRun(table, policies);
        run.Classify(0, run.RowCount);
        run.Order();
        run.Rank(0, run.DeficitCount);
        return run.Finish();
    }

    /// <summary>Who looks after each of these items, without a plan; those that nobody holds are left out.</summary>
    /// <remarks>The plan's own answer: who holds an item decides it, and not where copies find room.</remarks>
    public static IReadOnlyDictionary<ItemId, DeviceId> BatonsOf(
        PlanningTable table, PolicyTable policies, IEnumerable<ItemId> items)
    {
        var (given, batons) = (new GivenDuties(table), new Dictionary<ItemId, DeviceId>());
        foreach (var item in items)
            if (table.Items.NumberOf(item) is >= 0 and var row
                && RowReading.Of(table, policies, given, row).Baton is >= 0 and var baton)
                batons[item] = table.DeviceAt(baton).Id;
        return batons;
    }
}
