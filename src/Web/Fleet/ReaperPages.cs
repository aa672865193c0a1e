using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The page of torrents that stall.</summary>
internal static class ReaperPages
{
    private const string Home = "/fleet/reaper";

    public static void MapReaperPages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home, (ReaperDesk desk) => Show(desk, null, null));
        pages.MapPost(Home, ApplyAsync);
    }

    private static IResult Show(
        ReaperDesk desk, IReadOnlyList<TakenRung>? taken, Problem? problem) =>
        PageAnswers.Show<ReaperPage>(new { View = desk.View(), Taken = taken, Problem = problem }, problem);

    private static async Task<IResult> ApplyAsync(
        HttpContext context, ReaperDesk desk, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (plan, bad) = FleetWords.Plan(sent.Field("plan"));
        if (plan is not { } id) return Show(desk, null, bad);
        var (taken, problem) = await desk.ApplyAsync(id, cancellation);
        return Show(desk, problem is null ? taken : null, problem);
    }
}
