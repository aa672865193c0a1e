using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>How this node is, and what it did lately.</summary>
internal static class HealthPages
{
    public static void MapHealthPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/health", (HealthDesk desk, Needs needs, FleetQueries fleets) =>
            Show(desk.Look(), needs, fleets));
        pages.MapPost("/health/reach", async (
            HealthDesk desk, Needs needs, FleetQueries fleets, CancellationToken cancellation) =>
            Show([await desk.AskAsync(cancellation), .. desk.Look()], needs, fleets));
        pages.MapGet("/activity", Activity);
        pages.MapPost("/activity/levels", SetLevelAsync);
        pages.MapBackupPages();
    }

    private static IResult Show(
        IReadOnlyList<Finding> findings, Needs needs, FleetQueries fleets) =>
        PageAnswers.Show<HealthPage>(
            new { Findings = findings, Needs = needs.Look().Needs, Fleet = fleets.Standing().Needs });

    private static IResult Activity(
        LogMemory memory, LogLevels levels, string? area = null, string? level = null)
    {
        var about = LogLevels.Area(area ?? "");
        var least = KnownSettings.Level(level ?? "") ?? LogLevel.Trace;
        return PageAnswers.Show<ActivityPage>(new
        {
            Entries = memory.After(0).Reverse().Where(e => (about ?? e.Area) == e.Area && e.Level >= least).ToList(),
            Set = levels,
            Area = about,
            Level = least,
        });
    }

    private static async Task<IResult> SetLevelAsync(
        HttpContext context, LogLevels levels, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        return LogsApi.Set(levels, sent.Field("area").OrNull(), sent.Field("level")) is { } problem
            ? PageAnswers.Page(problem)
            : PageAnswers.SeeOther("/activity");
    }
}
