using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>How this node is, and what it did lately.</summary>
internal static class HealthPages
{
    public static void MapHealthPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/health", (HttpContext context) => Show(context));
        pages.MapPost("/health/reach", async (HealthDesk desk, CancellationToken cancellation) =>
        {
            await desk.AskAsync(cancellation);
            return PageAnswers.SeeOther("/health");
        });
        pages.MapGet("/activity", Activity);
        pages.MapPost("/activity/levels", SetLevelAsync);
        pages.MapBackupPages();
    }

    private static IResult Show(HttpContext context) =>
        PageAnswers.Show<HealthPage>(new { Seen = HealthSeen.Now(context.RequestServices) });

    private static IResult Activity(
        LogMemory memory, LogLevels levels, string? area = null, string? level = null, string? before = null) =>
        PageAnswers.Show<ActivityPage>(new { Seen = ActivitySeen.Now(memory, area, level, before), Set = levels });

    private static async Task<IResult> SetLevelAsync(
        HttpContext context, LogLevels levels, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        return LogsApi.Set(levels, sent.Field("area").OrNull(), sent.Field("level")) is { } problem
            ? PageAnswers.Page(problem)
            : PageAnswers.SeeOther("/activity");
    }
}
