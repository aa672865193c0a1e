using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What the page of releases is made of.</summary>
internal sealed record ReleaseSight(
    ReleaseBook Book, ReleaseOrders Orders, PlanSight Plans, FleetQueries Fleets, FleetHalts Halts, FleetDesk Desk);

/// <summary>The page of copies that this device lets go.</summary>
internal static class ReleasePages
{
    private const string Home = "/fleet/releases";

    public static void MapReleasePages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home, (ReleaseSight sight) => Show(sight, null, null));
        pages.MapPost(Home, ApplyAsync);
        pages.MapPost(Home + "/unfreeze", UnfreezeAsync);
        pages.MapPost(Home + "/{item}/back", BackAsync);
    }

    private static IResult Show(
        ReleaseSight sight, OrderedReleases? done, Problem? problem)
    {
        var (seen, releases) = (
            sight.Plans.Now(), ListedReleases.Of(sight.Book.Releases, ReleasesPage.RowsMax));
        var proposed = sight.Orders.Look(seen, ReleasesPage.RowsMax);
        return PageAnswers.Show<ReleasesPage>(new
        {
            Proposed = proposed,
            Total = seen.Plan.Releases.Count,
            Own = seen.Plan.Releases.Count(r => r.Device == sight.Desk.Self),
            PlanId = seen.Plan.Id.ToString(),
            Releases = releases,
            Left = (Func<OwnRelease, long?>)sight.Book.LeftMs,
            Devices = sight.Fleets.Names(),
            Names = sight.Fleets.NamesOf(
                [.. proposed.Select(p => p.Item), .. releases.Items,
                    .. done?.Stay.Take(ReleasesPage.RowsMax).Select(s => s.Item) ?? []]),
            Frozen = sight.Halts.Opened(),
            Done = done,
            Problem = problem,
        }, problem);
    }

    private static async Task<IResult> ApplyAsync(
        HttpContext context, ReleaseSight sight, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (seen, refused) = FleetWords.Seen(sight.Plans, sent.Field("plan"));
        if (seen is null) return Show(sight, null, refused);
        var (ordered, problem) = await sight.Orders.ApplyAsync(seen, cancellation);
        return Show(sight, ordered, problem);
    }

    private static async Task<IResult> UnfreezeAsync(ReleaseSight sight, CancellationToken cancellation)
    {
        await sight.Book.ResetBreakerAsync(cancellation);
        return PageAnswers.SeeOther(Home);
    }

    private static async Task<IResult> BackAsync(
        string item, ReleaseSight sight, ReleaseDesk desk, CancellationToken cancellation)
    {
        var problem = ItemId.TryParse(item, out var id)
            ? await desk.TakeBackAsync(id, cancellation)
            : Problem.NotFound("release");
        return problem is null ? PageAnswers.SeeOther(Home) : Show(sight, null, problem);
    }
}
