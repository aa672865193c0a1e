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
}
