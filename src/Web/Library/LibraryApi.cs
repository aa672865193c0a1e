using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What can be watched, for its owner's programs.</summary>
internal static class LibraryApi
{
    private const int PageMax = 500;

    public static Problem BadFilter { get; } = new(
        "bad_filter", 400, "A filter is all, here, below, ungrouped or elsewhere.");

    public static Problem BadChoice { get; } = new("bad_choice", 400, "A choice is ask, skip or off.");

    private static Problem BadPage { get; } = new(
        "bad_page", 400, "A page begins at 0 or later, and has 1 to 500 lines.");

    public static void MapLibrary(this RouteGroupBuilder api)
    {
        var library = api.MapGroup("/library").WithTags("library").ForOwner();
        library.MapGet("", List).WithSummary("Films and shows by title, those that match.")
            .Produces<LibraryDto>().Problem(400, 401, 403);
        library.MapGet("/{work}", Work).WithSummary("A film's files, or a season's of a show.")
            .Produces<LibrarySeasonDto>().Problem(400, 401, 403, 404);
        library.MapPost("/{work}/choice", ChooseAsync).WithSummary("Say what becomes of a work's intros.")
            .Produces(204).Problem(400, 401, 403, 404);
        library.MapPost("/items/{item}/position", NoteAsync).WithSummary("Say how far somebody came.")
            .Produces(204).Problem(400, 401, 403, 404);
        library.MapDelete("/items/{item}/position", ForgetAsync).WithSummary("As if nobody had watched it.")
            .Produces(204).Problem(401, 403, 404, 409);
        library.MapGrouping();
        library.MapSeasons();
        library.MapGet("/next", Next).WithSummary("What somebody began, and episodes that come next.")
            .Produces<IReadOnlyList<LibraryNextDto>>().Problem(401, 403);
    }

    private static IResult Next(LibraryQueries library) => TypedResults.Json(
        [.. library.Next().Select(n => new LibraryNextDto(
            n.Work.Id, n.Work.Title, n.File.Item.ToString(), LibrarySaid.Episode(n.Shelf), n.Place?.PositionMs,
            n.Place?.DurationMs, n.AtMs, n.On))],
        ApiJson.Default.IReadOnlyListLibraryNextDto);

    private static IResult List(
        LibraryQueries library, string? q = null, string? filter = null, int from = 0, int limit = PageMax)
    {
        if (q?.Length > WebLimits.QueryLengthMax)
            return Problems.Answer(new Problem("bad_query", 400, "A search has at most 200 characters."));
        if (NetText.TryRead<LibraryFilter>(filter ?? "all") is not { } which) return Problems.Answer(BadFilter);
        if (from < 0 || limit is < 1 or > PageMax) return Problems.Answer(BadPage);
        var page = library.List(q ?? "", which, from, limit);
        var all = page.Standing;
        return TypedResults.Json(
            new LibraryDto(
                page.Total, from, all.Films, all.Shows, all.Ungrouped, all.Elsewhere, all.Here, all.Below,
                all.AbsentVolumes, [.. page.Lines.Select(Dto)]),
            ApiJson.Default.LibraryDto);
    }

    private static IResult Work(
        string work, LibraryQueries library, WatchBook watched, int? season = null, int from = 0, int limit = PageMax)
    {
        if (from < 0 || limit is < 1 or > PageMax) return Problems.Answer(BadPage);
        return library.Work(work, season, from, limit) is { } page
            ? TypedResults.Json(
                new LibrarySeasonDto(
                    Dto(page.Line), page.Season, NetText.Of(watched.ChoiceOf(work)), page.Total, from,
                    [.. page.Files.Select(Dto)]),
                ApiJson.Default.LibrarySeasonDto)
            : Problems.Answer(Problem.NotFound("work"));
    }

    private static async Task<IResult> ChooseAsync(
        string work, SkipChoiceRequest request, LibraryBook library, WatchBook watched,
        CancellationToken cancellation)
    {
        if (NetText.TryRead<SkipChoice>(request.Choice) is not { } choice) return Problems.Answer(BadChoice);
        if (library.Look().Find(work) is null) return Problems.Answer(Problem.NotFound("work"));
        await watched.ChooseAsync(work, choice, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> NoteAsync(
        string item, PositionRequest request, WatchDesk desk, WatchBook watched, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id) || !desk.Knows(id)) return Problems.Answer(Problem.NotFound("item"));
        return await watched.NoteAsync(
            id, new ViewingPlace(request.PositionMs, request.DurationMs), cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.NoContent();
    }

    private static async Task<IResult> ForgetAsync(
        string item, WatchBook watched, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id) || watched.Of(id) is null)
            return Problems.Answer(Problem.NotFound("item"));
        return await watched.ForgetAsync(id, cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.NoContent();
    }

    private static LibraryWorkDto Dto(LibraryLine line) => new(
        line.Work.Id, LibrarySaid.Word(line.Work.Kind), line.Work.Title, line.Work.Year, line.Work.Seasons,
        line.Work.Episodes, line.Work.Files.Count, line.Here, line.Copies, line.Work.IsBelow, line.Watched,
        line.Work.Files is [var only] ? only.File.Item.ToString() : null);

    private static LibraryFileDto Dto(LibraryFileLine line) => new(
        line.File.Item.ToString(), line.File.Name, LibrarySaid.Which(line.Place)?.ToString(), line.File.SizeBytes,
        line.IsHere, line.File.Copies, line.File.Floor, line.Viewing?.Place.PositionMs, line.Viewing?.Place.DurationMs,
        line.Viewing?.Place.IsWatched == true, line.Viewing?.On,
        [
            .. line.Markers.Select(m => new SkipOfferDto(
                NetText.Of(m.Type), m.N, m.StartMs, m.EndMs, m.IsCertain, m.Sources.IsOwn, m.Sources.Friends,
                m.Sources.IsHeard)),
        ]);
}
