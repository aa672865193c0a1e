using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A hub's nodes and keys, for its owner's command line.</summary>
internal static class HubApi
{
    private const long HourMs = 3_600_000;

    public static readonly Problem NotAHub = new(
        "not_a_hub", 409,
        "This node is no hub; make it one with: anarchive config set hub.enabled true, and start it again.");

    public static void MapHubAdmin(this RouteGroupBuilder api)
    {
        var map = api.MapGroup("/map").WithTags("hub").ForOwner().ForHubs();
        map.MapGet("/nodes", Nodes).WithSummary("Nodes that registered here, those that wait first.")
            .Produces<IReadOnlyList<HubNodeDto>>().Problem(401, 403, 409);
        map.MapGet("/swarms", Swarms).WithSummary("The agents that nodes speak for.")
            .Produces<IReadOnlyList<HubSwarmDto>>().Problem(401, 403, 409);
        map.MapGet("/stats", Stats).WithSummary("Counts.").Produces<HubStatsDto>().Problem(401, 403, 409);
        map.MapPost("/nodes/{id}/approve", ApproveAsync).WithSummary("Let a waiting node in.")
            .Produces(204).Problem(401, 403, 404, 409);
        map.MapDelete("/nodes/{id}", RemoveAsync).WithSummary("Forget a node; it waits again when it calls.")
            .Produces(204).Problem(401, 403, 404, 409);
        map.MapGet("/preauth-keys", Keys).WithSummary("Keys that admit without asking.")
            .Produces<IReadOnlyList<PreauthKeyDto>>().Problem(401, 403, 409);
        map.MapPost("/preauth-keys", MakeKeyAsync).WithSummary("Make a key; its text is shown this once.")
            .Produces<MadePreauthKeyDto>(201).Problem(400, 401, 403, 409);
        map.MapDelete("/preauth-keys/{id}", RevokeKeyAsync).WithSummary("End a key; whom it admitted stays.")
            .Produces(204).Problem(401, 403, 404, 409);
        map.MapGet("/events", HubEvents.ServeAsync).WithSummary("WebSocket: what happens to the nodes of this hub.")
            .Problem(400, 401, 403, 409, 503);
    }

    /// <summary>Elsewhere nobody can register, so a key or a list would mislead.</summary>
    private static RouteGroupBuilder ForHubs(this RouteGroupBuilder group) =>
        group.AddEndpointFilter((context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<NodeOptions>().IsHub
                ? next(context)
                : ValueTask.FromResult<object?>(Problems.Answer(NotAHub)));

    private static IResult Nodes(HubBook book, TimeProvider time) => TypedResults.Json(
        (IReadOnlyList<HubNodeDto>)[.. book.All.OrderBy(n => n.IsAdmitted).Select(n => Dto(n, Now(time)))],
        ApiJson.Default.IReadOnlyListHubNodeDto);

    private static IResult Swarms(HubBook book) => TypedResults.Json(
        (IReadOnlyList<HubSwarmDto>)
        [
            .. book.All.Where(n => n.IsAdmitted)
                .SelectMany(n => n.Said.Swarms, (n, s) => new HubSwarmDto(n.Id.ToString(), s.Name, s.Agents)),
        ],
        ApiJson.Default.IReadOnlyListHubSwarmDto);

    private static IResult Stats(HubBook book, TimeProvider time)
    {
        var nodes = book.All;
        var admitted = nodes.Where(n => n.IsAdmitted).ToList();
        return TypedResults.Json(
            new HubStatsDto(
                admitted.Count, nodes.Count - admitted.Count, admitted.Count(n => n.IsStale(Now(time))),
                admitted.SelectMany(n => n.Groups).Distinct().Count(),
                admitted.Sum(n => n.Said.Swarms.Sum(s => (long)s.Agents))),
            ApiJson.Default.HubStatsDto);
    }

    private static async Task<IResult> ApproveAsync(string id, HubBook book, CancellationToken cancellation) =>
        NodeId.TryParse(id, out var node) && await book.AdmitAsync(node, cancellation)
            ? TypedResults.NoContent()
            : Problems.Answer(Problem.NotFound("node"));

    private static async Task<IResult> RemoveAsync(string id, HubBook book, CancellationToken cancellation) =>
        NodeId.TryParse(id, out var node) && await book.RemoveAsync(node, cancellation)
            ? TypedResults.NoContent()
            : Problems.Answer(Problem.NotFound("node"));

    private static IResult Keys(HubBook book) => TypedResults.Json(
        (IReadOnlyList<PreauthKeyDto>)[.. book.Keys.Select(Dto)], ApiJson.Default.IReadOnlyListPreauthKeyDto);

    private static async Task<IResult> MakeKeyAsync(
        PreauthKeyRequest request, HubBook book, CancellationToken cancellation)
    {
        var (made, problem) = await MakeAsync(book, request, cancellation);
        return made is var (key, text)
            ? TypedResults.Json(
                new MadePreauthKeyDto(Dto(key), text), ApiJson.Default.MadePreauthKeyDto, statusCode: 201)
            : Problems.Answer(problem!);
    }

    /// <summary>A fresh key with its text, or why there is none.</summary>
    internal static async Task<((PreauthKey Key, string Text)? Made, Problem? Problem)> MakeAsync(
        HubBook book, PreauthKeyRequest request, CancellationToken cancellation)
    {
        if (request.Hours is < 1 or > 24 * 365)
            return (null, new Problem("bad_hours", 400, "A key lives from one hour to a year."));
        return await book.MakeKeyAsync(request.Reusable, request.Hours * HourMs, cancellation) is { } made
            ? (made, null)
            : (null, new Problem("too_many_preauth_keys", 409, "There are 1,000 keys: revoke some first."));
    }

    private static async Task<IResult> RevokeKeyAsync(string id, HubBook book, CancellationToken cancellation) =>
        await book.RevokeKeyAsync(id, cancellation)
            ? TypedResults.NoContent()
            : Problems.Answer(Problem.NotFound("key"));

    private static HubNodeDto Dto(HubNode node, long nowMs) => new(
        node.Id.ToString(), node.IsAdmitted ? "admitted" : "waiting", node.IsStale(nowMs), node.RegisteredMs,
        node.HeardMs, [.. node.Groups.Select(g => g.ToString())], node.Said.Capabilities);

    private static PreauthKeyDto Dto(PreauthKey key) =>
        new(key.Id, key.IsReusable, key.ExpiresMs, key.Uses, key.IsSpent);

    private static long Now(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();
}
