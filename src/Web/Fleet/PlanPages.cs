using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The page of the plan: it is the dry run of what its button does.</summary>
internal static class PlanPages
{
    private const string Home = "/fleet/plan";

    public static void MapPlanPages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home, (FleetQueries fleets, PlanSight plans, FleetDesk desk) =>
            Show(fleets, plans, desk, null, null));
        pages.MapPost(Home, RepinAsync);
    }

    private static IResult Show(
        FleetQueries fleets, PlanSight plans, FleetDesk desk, OrderedCopies? done, Problem? problem)
    {
        var seen = plans.Now();
        var plan = seen.Plan;
        var shown = plan.Copies.Take(PlanPage.RowsMax).Select(c => c.Item)
            .Concat(plan.Releases.Take(PlanPage.RowsMax).Select(r => r.Item))
            .Concat(plan.Infeasible.Take(PlanPage.RowsMax).Select(i => i.Item));
        return PageAnswers.Show<PlanPage>(new
        {
            Seen = seen,
            Own = plan.Copies.Count(c => c.Target == desk.Self),
            Devices = fleets.Names(),
            Names = fleets.NamesOf(shown),
            Done = done,
            Problem = problem,
        }, problem);
    }

    private static async Task<IResult> RepinAsync(
        HttpContext context, FleetQueries fleets, PlanSight plans, FleetDesk desk, CopyOrders orders,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (seen, refused) = FleetWords.Seen(plans, sent.Field("plan"));
        return seen is null
            ? Show(fleets, plans, desk, null, refused)
            : Show(fleets, plans, desk, await orders.ApplyAsync(seen.Plan, cancellation), null);
    }
}
