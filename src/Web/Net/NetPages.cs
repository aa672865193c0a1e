using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages about parts: what is known, who may read it, and how it was merged.</summary>
internal static class NetPages
{
    private const string Home = "/net";

    public static void MapNetPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet(Home, (PartQueries parts, ItemScopes scopes) => Show(parts, scopes, null, null));
        pages.MapPost("/net/folders", FolderAsync);
        pages.MapGet("/net/parts/{part}", (
                string part, PartQueries parts, PartRecords records, ReportPost post, string? after = null) =>
            Part(part, parts, records, post, after, null));
        pages.MapPost("/net/report", ReportAsync);
        pages.MapPost("/net/parts/{part}", DecideAsync);
        pages.MapGet("/net/key", KeyAsync);
        pages.MapPost("/net/observations/{id}", RetractAsync);
        pages.MapEditionPages();
        pages.MapSubscriptionPages();
    }

    private static async Task<IResult> KeyAsync(
        string? key, PartQueries parts, LocalCodecs codecs, CancellationToken cancellation) =>
        key is not null && parts.Explain(key.Trim(), null) is { } view
            ? PageAnswers.Show<KeyPage>(new { View = view, Codec = await codecs.OfAsync(view, cancellation) })
            : PageAnswers.Page(NetApi.BadKey);

    private static IResult Show(
        PartQueries parts, ItemScopes scopes, Problem? problem, string? sent, FolderTold? told = null) =>
        PageAnswers.Show<PartsPage>(new
        {
            Parts = parts.Parts(),
            Folders = scopes.Folders(),
            Problem = problem,
            Sent = sent,
            Told = told,
        }, problem);

    /// <summary>What cannot be had again is told first, and done once just that was agreed to.</summary>
    private static async Task<IResult> FolderAsync(
        HttpContext context, FolderActs acts, PartQueries parts, ItemScopes scopes, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var path = sent.Field("path");
        var word = sent.Field("do") switch
        {
            "sensitive" => FolderWord.Sensitive,
            "forget" => FolderWord.Forget,
            _ => FolderWord.Open,
        };
        var (effect, problem) = acts.Tell(path, word);
        if (effect is { IsHarmless: false } && sent.Field("told") != FolderTold.Mark(effect))
            return Show(parts, scopes, null, null, new FolderTold(word, effect));
        if (effect is not null) (_, problem) = await acts.SayAsync(path, word, cancellation);
        return problem is null ? PageAnswers.SeeOther(Home)
            : word == FolderWord.Forget ? PageAnswers.Page(problem)
            : Show(parts, scopes, problem, path);
    }

    private static IResult Part(
        string part, PartQueries parts, PartRecords records, ReportPost post, string? after, Problem? problem,
        string? sent = null) =>
        parts.Parts().FirstOrDefault(p => p.Part == part) is { } known
            ? PageAnswers.Show<PartPage>(new
            {
                Part = known,
                Keys = records.Keys(part, after ?? "", PartPage.PageMax),
                Problem = problem,
                Report = part == SignalRow.PartName ? post.View() : null,
                Sent = sent,
            }, problem)
            : PageAnswers.Page(Problem.NotFound("part"));

    private static async Task<IResult> DecideAsync(
        string part, HttpContext context, PartActs acts, PartConsents consents, PartQueries parts,
        PartRecords records, ReportPost post, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        Problem? problem = null;
        switch (sent.Field("do"))
        {
            case "share" or "unshare":
                problem = await acts.ShareAsync(part, sent.Field("do") == "share", cancellation);
                break;
            case "subscribe":
                problem = await consents.SubscribeAsync(Subscription.OfFriends(part), cancellation);
                break;
            case "unsubscribe":
                await consents.UnsubscribeAsync(part, Subscription.Friends, cancellation);
                break;
        }

        return problem is null
            ? PageAnswers.SeeOther($"{Home}/parts/{part}")
            : Part(part, parts, records, post, null, problem);
    }

    private static async Task<IResult> ReportAsync(
        HttpContext context, ReportBook book, ReportPost post, PartQueries parts, PartRecords records,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        Problem? problem = null;
        if (sent.Field("do") == "leave") await book.LeaveAsync(cancellation);
        else if (sent.Field("do") is "watched" or "unwatched")
            problem = await book.CountWatchedAsync(sent.Field("do") == "watched", cancellation);
        else problem = await book.JoinAsync(sent.Field("text"), sent.Field("agree") == "yes", cancellation);
        return problem is null
            ? PageAnswers.SeeOther($"{Home}/parts/{SignalRow.PartName}")
            : Part(SignalRow.PartName, parts, records, post, null, problem, sent.Field("text"));
    }

    private static async Task<IResult> RetractAsync(
        string id, HttpContext context, Retractions acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (await acts.RetractAsync(id, cancellation) is { } problem) return PageAnswers.Page(problem);
        return PageAnswers.SeeOther(ContentKey.TryParse(sent.Field("key"), out var key)
            ? $"{Home}/key?key={Uri.EscapeDataString(key.Text)}"
            : Home);
    }
}
