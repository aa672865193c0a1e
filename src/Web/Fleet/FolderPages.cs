using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Which folders of this machine are watched.</summary>
internal static class FolderPages
{
    private const string Home = "/fleet/folders";

    public static void MapFolderPages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home, (HttpContext context) => Show(context, null, null));
        pages.MapPost(Home, WatchAsync);
        pages.MapPost(Home + "/look", (FolderDesk desk) =>
        {
            desk.Look();
            return PageAnswers.SeeOther(Home);
        });
        pages.MapPost(Home + "/{volume}/unwatch", UnwatchAsync);
    }

    private static IResult Show(
        HttpContext context, Problem? problem, string? sent,
        (Consequence Told, WatchedFolder Folder)? leaving = null) =>
        PageAnswers.Show<FoldersPage>(new
        {
            Seen = FoldersSeen.Now(context.RequestServices),
            Problem = leaving is null ? problem : null,
            LeavingProblem = leaving is null ? null : problem,
            Sent = sent,
            leaving?.Told,
            Leaving = leaving?.Folder,
        }, problem);

    private static async Task<IResult> WatchAsync(
        HttpContext context, FolderDesk desk, CancellationToken cancellation)
    {
        // A path may end in a blank.
        var path = (await context.Request.ReadFormAsync(cancellation))["path"].ToString();
        return await desk.WatchAsync(path, cancellation) is { } problem
            ? Show(context, problem, path)
            : PageAnswers.SeeOther(Home);
    }

    /// <summary>Told first, then done with the plan that it was told with.</summary>
    private static async Task<IResult> UnwatchAsync(
        string volume, HttpContext context, FolderDesk desk, VolumeRemoval removal, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var path = sent["folder"].ToString();
        if (desk.All().FirstOrDefault(f => f.Volume.Id.ToString() == volume && f.Folder == path) is not { } folder)
            return PageAnswers.Page(Problem.NotFound("watched folder"));
        var (plan, bad) = FleetWords.Plan(sent.Field("apply").OrNull());
        var (told, problem) = bad is null
            ? await removal.RemoveAsync(folder.Volume.Id, path, plan, cancellation)
            : (null, bad);
        // What was told is not what would happen any more: it is told anew.
        if (told is null && sent.Field("apply").Length > 0)
            (told, _) = await removal.RemoveAsync(folder.Volume.Id, path, null, cancellation);
        return told switch
        {
            null => Show(context, problem, null),
            { IsDone: false } when problem is not null => Show(context, problem, null, (told, folder)),
            { IsDone: true } => PageAnswers.SeeOther(Home),
            _ => Show(context, null, null, (told, folder)),
        };
    }
}
