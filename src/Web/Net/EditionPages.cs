using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages about editions: which there are, and what each changed.</summary>
internal static class EditionPages
{
    private const string Home = "/net/editions";

    public static void MapEditionPages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home, (EditionList list, string? part = null, string? after = null) =>
            part is null || NetApp.Parts.Contains(part)
                ? Show(list, part, after, null, null)
                : PageAnswers.Page(Subscription.UnknownPart));
        pages.MapPost(Home, PublishAsync);
        pages.MapGet(Home + "/{group}/{seq}", (
            string group, string seq, EditionChanges changes, EditionList list, EditionPins pins, string? after) =>
            One(group, seq, changes, list, pins, after, null));
        pages.MapPost(Home + "/{group}/{seq}", StayAsync);
    }

    private static IResult Show(
        EditionList list, string? part, string? after, Problem? problem, string? said) =>
        PageAnswers.Show<EditionsPage>(new
        {
            Lines = list.All(part),
            Part = part,
            After = EditionApi.Number(after ?? "") ?? 0,
            Problem = problem,
            Said = said,
        }, problem);

    /// <summary>The form stands beside what friends learn by it.</summary>
    private static async Task<IResult> PublishAsync(
        HttpContext context, EditionDesk desk, EditionList list, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (made, problem) = await desk.PublishAsync(sent.Field("part"), notice: true, cancellation);
        return made is not null
            ? PageAnswers.SeeOther($"{Home}/{made.Group}/{made.Seq}")
            : Show(list, null, null, problem, problem is null ? T("Nothing changed since the last edition.") : null);
    }

    private static async Task<IResult> StayAsync(
        string group, string seq, HttpContext context, EditionChanges changes, EditionList list, EditionPins pins,
        CancellationToken cancellation)
    {
        if (EditionApi.Find(changes, group, seq) is not { } edition)
            return PageAnswers.Page(Problem.NotFound("edition"));
        var sent = await context.Request.ReadFormAsync(cancellation);
        var problem = sent.Field("do") switch
        {
            "stay" => await pins.StayAsync(edition, cancellation),
            "latest" => await pins.FollowAsync(edition, cancellation),
            _ => Problem.NotFound("act"),
        };
        return problem is null
            ? PageAnswers.SeeOther($"{Home}/{edition.Group}/{edition.Manifest.Seq}")
            : One(group, seq, changes, list, pins, null, problem);
    }

    private static IResult One(
        string group, string seq, EditionChanges changes, EditionList list, EditionPins pins, string? after,
        Problem? problem)
    {
        if (EditionApi.Find(changes, group, seq) is not { } edition)
            return PageAnswers.Page(Problem.NotFound("edition"));
        var line = list.All(edition.Manifest.Part).First(l => l.Edition.Id == edition.Id);
        return PageAnswers.Show<EditionPage>(new
        {
            Line = line,
            Changes = changes.Of(edition, EditionApi.Number(after ?? "") ?? 0, EditionPage.PageMax),
            Stay = edition.IsOwn ? ((PinPreview?, Problem?)?)null : pins.Look(edition, 0, EditionStay.RowsMax),
            Problem = problem,
        }, problem);
    }
}
