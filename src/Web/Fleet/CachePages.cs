using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The page of this device's offline cache: stars, trash, undo, the budget.</summary>
internal static class CachePages
{
    private const string Home = "/cache";

    public static void MapCachePages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet(Home, List);
        pages.MapPost(Home, DecideAsync);
        pages.MapPost("/cache/items/{item}", ActAsync);
    }

    private static IResult List(
        CacheBook book, FleetHalts halts, string? q = null, string? filter = null, string? from = null)
    {
        var known = FilterOf(filter);
        return Show(
            CacheShown.Now(book, halts, q, known, from), known is null ? CacheApi.BadFilter : null, null, null);
    }

    private static IResult Show(CacheShown seen, Problem? problem, string? at, string? sent) =>
        PageAnswers.Show<CachePage>(new { Seen = seen, Problem = problem, At = at, Sent = sent }, problem);

    private static async Task<IResult> ActAsync(
        string item, HttpContext context, CacheDesk desk, CacheBook book, FleetHalts halts,
        CancellationToken cancellation, string? q = null, string? filter = null, string? from = null)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        Problem? problem;
        if (sent.Field("do") == "undo")
        {
            problem = ItemId.TryParse(item, out var id)
                ? (await desk.UndoAsync(id, cancellation)).Problem
                : Problem.NotFound("item");
        }
        else
        {
            var (what, act, scope, bad) = CacheApi.Read(item, sent.Field("do"), "device");
            problem = bad ?? await desk.ActAsync(what, act, scope, cancellation);
        }

        // Back to the page on which it was done, whichever rows that lists by now.
        var seen = CacheShown.Now(book, halts, q, FilterOf(filter), from);
        return problem is null ? PageAnswers.SeeOther(seen.Address) : Show(seen, problem, item, null);
    }

    private static async Task<IResult> DecideAsync(
        HttpContext context, CacheDesk desk, CacheWork work, CacheBook book, FleetHalts halts,
        CancellationToken cancellation, string? plan = null)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        Problem? problem = null;
        switch (sent.Field("do"))
        {
            case "undo":
                problem = (await desk.UndoAsync(null, cancellation)).Problem;
                break;
            case "cull":
                var (shown, bad) = FleetWords.Plan(plan ?? "");
                problem = shown is { } id ? (await work.CullAsync(id, cancellation)).Problem : bad;
                break;
            case "restore":
                await work.RestoreAsync(apply: true, cancellation);
                break;
            case "budget":
                problem = Budget(sent.Field("gigabytes"), out var bytes)
                    ?? await desk.SetBudgetAsync(bytes, sent.Field("manual") == "yes", cancellation);
                break;
            default:
                problem = Problem.NotFound("act");
                break;
        }

        return problem is null
            ? PageAnswers.SeeOther(Home)
            : Show(
                CacheShown.Now(book, halts, null, null, null), problem, sent.Field("do"),
                sent.Field("gigabytes").OrNull());
    }

    private static CacheFilter? FilterOf(string? word) =>
        NetText.TryRead<CacheFilter>(word is { Length: > 0 } ? word : "all");

    /// <summary>Gigabytes as people type them; nothing for no budget.</summary>
    private static Problem? Budget(string typed, out long? bytes)
    {
        bytes = null;
        if (typed.Length == 0) return null;
        // Half the world types a comma; thousands are not told apart, so it can be nothing else.
        var plain = typed.Replace(',', '.');
        if (!decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var gigabytes)
            || gigabytes > CacheDesk.BudgetBytesMax / CachePage.BytesPerGigabyte)
            return new Problem("bad_budget", 400, "A budget is gigabytes, such as 40 or 2.5, or nothing for none.");
        bytes = (long)(gigabytes * CachePage.BytesPerGigabyte);
        return null;
    }
}
