using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>This device's offline cache, for its owner.</summary>
internal static class CacheApi
{
    private const int PageMax = 500;

    public static Problem BadFilter { get; } = new(
        "bad_filter", 400, "A filter is all, starred, leaving or missing.");

    private static Problem BadPage { get; } = new(
        "bad_page", 400, "A page begins at 0 or later, and has 1 to 500 rows.");

    public static void MapCache(this RouteGroupBuilder api)
    {
        var cache = api.MapGroup("/fleet/cache").WithTags("fleet").ForOwner();
        cache.MapGet("", List).WithSummary("The rows of this device's cache, and what is to become of each.")
            .Produces<CacheDto>().Problem(400, 401, 403);
        cache.MapPost("/items/{item}/acts", ActAsync).WithSummary("Star, unstar, trash, ask for, or ask no longer.")
            .Produces(204).Problem(400, 401, 403, 404, 409);
        cache.MapPost("/items/{item}/played", PlayedAsync).WithSummary("Say that an item was played just now.")
            .Produces(204).Problem(400, 401, 403, 404);
        cache.MapPost("/undo", UndoAsync).WithSummary("Take the last act back.")
            .Produces<CacheUndoneDto>().Problem(400, 401, 403, 404, 409);
        cache.MapPost("/budget", BudgetAsync).WithSummary("Set what the cache may hold.")
            .Produces<CacheDto>().Problem(400, 401, 403);
        cache.MapPost("/cull", CullAsync).WithSummary("What a cull takes; set aside for a week where applied.")
            .Produces<CullDto>().Problem(400, 401, 403, 409);
        cache.MapPost("/restore", RestoreAsync).WithSummary("What is missing; fetched where applied.")
            .Produces<CacheRestoresDto>().Problem(400, 401, 403);
    }

    public static CacheRowDto Dto(CacheLine line) => new(
        line.Item.ToString(), line.Title, line.Row.SizeBytes, line.Row.Bytes, NetText.Of(line.State),
        line.Row.Mark.IsStarred, line.IsFleetStarred, line.Row.Mark.IsTrashed, line.Row.IsManual, line.PlayedMs,
        line.Row.WatchedMs, line.ComingBytes, Word(line.Keep), Word(line.Cull),
        Word(line.Hold), line.Code);

    /// <summary>Reads what the owner asks for; a code where it is none.</summary>
    public static (ItemId Item, CacheAct Act, PinScope Scope, Problem? Problem) Read(
        string item, string act, string scope)
    {
        var (id, bad) = ItemOf(item);
        if (bad is not null) return (id, default, default, bad);
        if (NetText.TryRead<CacheAct>(act) is not { } what || NetText.TryRead<PinScope>(scope) is not { } whose)
            return (id, default, default, new Problem(
                "bad_request", 400,
                "An act is star, unstar, trash, restore or cancel, and a scope device or fleet."));
        return (id, what, whose, null);
    }

    private static (ItemId Item, Problem? Problem) ItemOf(string text) => ItemId.TryParse(text, out var id)
        ? (id, null)
        : (id, new Problem("bad_item", 400, "An item's id is 64 lowercase hex digits."));

    private static string? Word<T>(T? value)
        where T : struct, Enum => value is { } known ? NetText.Of(known) : null;

    private static CacheDto Dto(CacheView view) => Dto(
        view.Settings, view.Judgement, view.AbsentVolumes, view.Lines, 0, view.Lines.Count, view.Tally);

    private static CacheDto Dto(
        CacheSettings settings, CacheOutlook outlook, IReadOnlyList<string> absent, IReadOnlyList<CacheLine> lines,
        int from, int total, CacheTally tally) => new(
        outlook.UsedBytes, settings.BudgetBytes, settings.CullsManual, settings.IsAgreed, outlook.OverBytes,
        outlook.StarredBytes, absent, [.. lines.Select(Dto)], from, total,
        new CacheTallyDto(tally.All, tally.Starred, tally.Leaving, tally.Missing));

    /// <summary>Whoever asks for no part of them gets all rows.</summary>
    private static IResult List(
        CacheBook book, string? q = null, string? filter = null, int? from = null, int? limit = null)
    {
        if (q?.Length > WebLimits.QueryLengthMax)
            return Problems.Answer(new Problem("bad_query", 400, "A search has at most 200 characters."));
        if (NetText.TryRead<CacheFilter>(filter ?? "all") is not { } which) return Problems.Answer(BadFilter);
        if (from < 0 || limit is < 1 or > PageMax) return Problems.Answer(BadPage);
        if ((q, filter, from, limit) is (null, null, null, null))
            return TypedResults.Json(Dto(book.Look()), ApiJson.Default.CacheDto);
        var part = book.List(q ?? "", which, from ?? 0, limit ?? PageMax, firstMax: 0);
        return TypedResults.Json(
            Dto(part.Settings, part.Outlook, part.AbsentVolumes, part.Lines, part.From, part.Total, part.Tally),
            ApiJson.Default.CacheDto);
    }

    private static async Task<IResult> ActAsync(
        string item, CacheActRequest request, CacheDesk desk, CancellationToken cancellation)
    {
        var (id, act, scope, problem) = Read(item, request.Act, request.Scope);
        return FleetApi.Answer(problem ?? await desk.ActAsync(id, act, scope, cancellation));
    }

    private static async Task<IResult> PlayedAsync(
        string item, CachePlayedRequest request, CacheDesk desk, CancellationToken cancellation)
    {
        var (id, problem) = ItemOf(item);
        return FleetApi.Answer(problem ?? await desk.PlayedAsync(id, request.ToItsEnd, cancellation));
    }

    private static async Task<IResult> UndoAsync(
        CacheUndoRequest request, CacheDesk desk, CancellationToken cancellation)
    {
        ItemId? only = null;
        if (request.Item is { } named)
        {
            var (id, bad) = ItemOf(named);
            if (bad is not null) return Problems.Answer(bad);
            only = id;
        }

        var (item, problem) = await desk.UndoAsync(only, cancellation);
        return problem is null
            ? TypedResults.Json(new CacheUndoneDto(item.ToString()!), ApiJson.Default.CacheUndoneDto)
            : Problems.Answer(problem);
    }

    private static async Task<IResult> BudgetAsync(
        CacheBudgetRequest request, CacheDesk desk, CacheBook book, CancellationToken cancellation) =>
        await desk.SetBudgetAsync(request.Bytes, request.CullsManual, cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.Json(Dto(book.Look()), ApiJson.Default.CacheDto);

    private static async Task<IResult> CullAsync(
        CullRequest request, CacheWork work, CancellationToken cancellation)
    {
        var (plan, bad) = FleetWords.Plan(request.Apply);
        if (bad is not null) return Problems.Answer(bad);
        var (report, problem) = plan is { } told ? await work.CullAsync(told, cancellation) : (work.Culls(), null);
        return report is null ? Problems.Answer(problem!) : TypedResults.Json(Dto(report), ApiJson.Default.CullDto);
    }

    private static CullDto Dto(CullReport report)
    {
        var left = report.Left.ToHashSet();
        var gone = report.Culls.Where(c => !left.Contains(c.Item)).ToList();
        return new CullDto(
            report.IsDone, gone.Sum(c => c.Row.Bytes), report.View.Judgement.OverBytes, [.. gone.Select(Dto)],
            [.. report.Left.Select(i => i.ToString())], report.IsDone ? null : report.Plan.ToString());
    }

    private static async Task<IResult> RestoreAsync(
        CacheApplyRequest request, CacheWork work, CacheBook book, CancellationToken cancellation)
    {
        var begun = request.Apply ? await work.RestoreAsync(apply: true, cancellation) : 0;
        var missing = book.Look().Lines.Where(l => l.Row.Mark.IsWanted && !l.Row.IsHere);
        return TypedResults.Json(
            new CacheRestoresDto(begun, [.. missing.Select(Dto)]), ApiJson.Default.CacheRestoresDto);
    }
}
