using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A film on a page, and what its viewer says: how far they came, what to skip, what is wrong.</summary>
internal static class WatchPages
{
    private const string Home = "/watch/{item}";

    public static void MapWatchPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet(Home, (
                string item, WatchDesk desk, CancellationToken cancellation, string? t = null, string? said = null) =>
            ShowAsync(item, desk, new WatchSaid(LibraryPages.Number(t), said == "noted"), cancellation));
        pages.MapPost(Home + "/position", NoteAsync);
        pages.MapPost(Home + "/seen", SeenAsync);
        pages.MapPost(Home + "/choice", ChooseAsync);
        pages.MapPost(Home + "/wrong", CorrectAsync);
        pages.MapPost(Home + "/grouping", GroupAsync);
    }

    private static async Task<IResult> ShowAsync(
        string item, WatchDesk desk, WatchSaid said, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id)) return PageAnswers.Page(Problem.NotFound("film"));
        var (view, problem) = await desk.LookAsync(id, cancellation);
        return view is null
            ? PageAnswers.Page(problem!)
            : PageAnswers.Show<WatchPage>(new { View = view, Said = said }, said.Problem);
    }

    /// <summary>From the page's script, every few seconds and as the page is left.</summary>
    private static async Task<IResult> NoteAsync(
        string item, HttpContext context, WatchDesk desk, WatchBook watched, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (!ItemId.TryParse(item, out var id) || !desk.Knows(id)) return Problems.Answer(Problem.NotFound("film"));
        return await watched.NoteAsync(id, Place(sent), cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.NoContent();
    }

    private static async Task<IResult> SeenAsync(
        string item, HttpContext context, WatchDesk desk, WatchBook watched, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (!ItemId.TryParse(item, out var id) || !desk.Knows(id)) return PageAnswers.Page(Problem.NotFound("film"));
        Problem? problem = null;
        if (sent.Field("do") == "forget") problem = await watched.ForgetAsync(id, cancellation);
        else problem = await watched.SaidAsync(id, Place(sent), cancellation);
        return problem is null
            ? PageAnswers.SeeOther("/watch/" + id)
            : await ShowAsync(item, desk, new WatchSaid(0, false, problem, "seen"), cancellation);
    }

    private static async Task<IResult> ChooseAsync(
        string item, HttpContext context, LibraryBook library, WatchDesk desk, WatchBook watched,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (!ItemId.TryParse(item, out var id) || library.Look().Find(id) is not var (work, _))
            return PageAnswers.Page(Problem.NotFound("film"));
        if (NetText.TryRead<SkipChoice>(sent.Field("choice")) is not { } choice)
            return await ShowAsync(
                item, desk, new WatchSaid(0, false, LibraryApi.BadChoice, "choice"), cancellation);
        await watched.ChooseAsync(work.Id, choice, cancellation);
        return PageAnswers.SeeOther("/watch/" + id);
    }

    private static async Task<IResult> CorrectAsync(
        string item, HttpContext context, WatchDesk desk, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (!ItemId.TryParse(item, out var id)) return PageAnswers.Page(Problem.NotFound("film"));
        var (type, n) = (NetText.TryRead<MarkerType>(sent.Field("type")), LibraryPages.Number(sent.Field("n")));
        var problem = type is null || n > 31 ? new Problem("net_schema", 400, "There is no such marker.") : null;
        (long, long)? bounds = null;
        if (problem is null && sent.Field("do") != "none")
        {
            if (ClockTime.TryRead(sent.Field("start")) is { } start && ClockTime.TryRead(sent.Field("end")) is { } end)
                bounds = (start, end);
            else problem = new Problem("bad_time", 400, "A time looks like 1:07.9, 1:02:03.4 or 67.9.");
        }

        problem ??= await desk.CorrectAsync(id, type!.Value, n, bounds, cancellation);
        return problem is null
            ? PageAnswers.SeeOther($"/watch/{id}?said=noted")
            : await ShowAsync(item, desk, new WatchSaid(0, false, problem, "wrong"), cancellation);
    }

    private static async Task<IResult> GroupAsync(
        string item, HttpContext context, LibraryBook library, WatchDesk desk, GroupingDesk grouping,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (!ItemId.TryParse(item, out var id)) return PageAnswers.Page(Problem.NotFound("film"));
        var fields = GroupingFields.Of(sent);
        var problem = sent.Field("do") == "undo"
            ? await grouping.UndoAsync(id, cancellation)
            : library.Look().Find(id) is var (work, at)
                ? await grouping.SayAsync(id, fields.Read(work.Files[at].Place), cancellation)
                : Problem.NotFound("film");
        if (problem is null) return PageAnswers.SeeOther("/watch/" + id);
        return sent.Field("do") == "undo"
            ? await ShowAsync(item, desk, new WatchSaid(0, false, problem, "grouping"), cancellation)
            : await ShowAsync(item, desk, new WatchSaid(0, false, problem, "grouping", fields), cancellation);
    }

    private static ViewingPlace Place(IFormCollection sent) =>
        new(Ms(sent.Field("position_ms")), Ms(sent.Field("duration_ms")));

    private static long Ms(string text) => long.TryParse(
        text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var ms)
        ? ms
        : -1;
}

/// <summary>What a page of a film was asked for, or answers.</summary>
/// <param name="StartSeconds">Where it begins, if somebody chose a chapter.</param>
/// <param name="IsNoted">What was wrong was taken down just now.</param>
/// <param name="At">The form that was refused.</param>
/// <param name="Grouping">What was typed where that is the form of what the file is.</param>
public sealed record WatchSaid(
    int StartSeconds, bool IsNoted, Problem? Problem = null, string? At = null, GroupingFields? Grouping = null);
