using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What a file is. What is left out stays as it is; with another title no catalogue's key does.</summary>
/// <param name="Kind"><c>film</c>, <c>episode</c> or <c>extra</c>.</param>
/// <param name="Last">The last episode, where the file has several.</param>
/// <param name="Catalogue">Such as <c>work:tvdb:s81189</c>.</param>
public sealed record GroupingRequest(
    string? Kind = null, string? Title = null, int? Year = null, int? Season = null, int? Episode = null,
    int? Last = null, string? Catalogue = null);

/// <summary>What a whole film or show is called.</summary>
public sealed record WorkGroupingRequest(string Title, int? Year = null, string? Catalogue = null);

/// <summary>Where it stands now.</summary>
public sealed record GroupingDto(string Work);

/// <summary>What its owner says that a file, or a whole film or show, is.</summary>
internal static class GroupingApi
{
    public static void MapGrouping(this RouteGroupBuilder library)
    {
        library.MapPost("/items/{item}/grouping", SayAsync).WithSummary("Say what a file is.")
            .Produces<GroupingDto>().Problem(400, 401, 403, 404);
        library.MapDelete("/items/{item}/grouping", UndoAsync).WithSummary("Take the last word on a file back.")
            .Produces<GroupingDto>().Problem(401, 403, 404, 409);
        library.MapPost("/{work}/grouping", SayOfWorkAsync).WithSummary("Say what a film or show is called.")
            .Produces<GroupingDto>().Problem(400, 401, 403, 404);
        library.MapDelete("/{work}/grouping", UndoOfWorkAsync)
            .WithSummary("Take what was said last of a film or show back.")
            .Produces<GroupingDto>().Problem(401, 403, 404, 409);
    }

    private static async Task<IResult> SayAsync(
        string item, GroupingRequest request, LibraryBook library, GroupingDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id) || library.Look().Find(id) is not var (work, at))
            return Problems.Answer(Problem.NotFound("item"));
        return await desk.SayAsync(id, Word(request, work.Files[at].Place), cancellation) is { } problem
            ? Problems.Answer(problem)
            : Answer(library, id);
    }

    private static async Task<IResult> UndoAsync(
        string item, LibraryBook library, GroupingDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id) || library.Look().Find(id) is null)
            return Problems.Answer(Problem.NotFound("item"));
        return await desk.UndoAsync(id, cancellation) is { } problem ? Problems.Answer(problem) : Answer(library, id);
    }

    private static async Task<IResult> SayOfWorkAsync(
        string work, WorkGroupingRequest request, GroupingDesk desk, CancellationToken cancellation)
    {
        var (now, problem) = await desk.SayAsync(
            work, request.Title, request.Year, request.Catalogue, cancellation);
        return problem is null ? Answer(now) : Problems.Answer(problem);
    }

    private static async Task<IResult> UndoOfWorkAsync(
        string work, GroupingDesk desk, CancellationToken cancellation)
    {
        var (now, problem) = await desk.UndoAsync(work, cancellation);
        return problem is null ? Answer(now) : Problems.Answer(problem);
    }

    private static ShelfWord Word(GroupingRequest said, ShelfPlace now)
    {
        var kind = said.Kind is { } word ? GroupingFields.KindOf(word) ?? ShelfKind.Nameless : now.Kind;
        var first = said.Episode ?? (int)now.Number;
        var last = said.Last ?? (said.Episode is null ? (int)now.Last : first);
        // A day, a half or a number counted from the start is kept as it is read, where nobody says otherwise.
        var keeps = now.IsReadOtherwise && kind == now.Kind && (said.Season ?? now.Season) == now.Season
            && first == (int)now.Number && last == (int)now.Last;
        return new ShelfWord(
            keeps ? null : kind, said.Title ?? now.Title, said.Year ?? now.Year, said.Season ?? now.Season, first, last,
            said.Catalogue ?? (said.Title is null ? now.Work : null));
    }

    private static IResult Answer(LibraryBook library, ItemId item) => Answer(library.Look().Find(item)?.Work.Id);

    private static IResult Answer(string? work) => work is null
        ? Problems.Answer(Problem.NotFound("film or show"))
        : TypedResults.Json(new GroupingDto(work), ApiJson.Default.GroupingDto);
}
