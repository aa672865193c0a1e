using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The peer book, for the owner's command line.</summary>
internal static class PeerApi
{
    public static void MapPeers(this RouteGroupBuilder api)
    {
        var peers = api.MapGroup("/sync/peers").WithTags("sync").ForOwner();
        peers.MapGet("", List).WithSummary("Peers, as last heard.")
            .Produces<IReadOnlyList<PeerDto>>().Problem(401, 403);
        peers.MapPost("", AddAsync).WithSummary("Name where a peer can be reached; tried before all other addresses.")
            .Produces<PeerDto>(201).Problem(400, 401, 403, 409, 502);
        peers.MapGet("/{id}", Show).WithSummary("One peer with every address, by whom it was named and last tried.")
            .Produces<PeerDto>().Problem(401, 403, 404);
        peers.MapGet("/{id}/facts", Facts).WithSummary("A peer's ring and keys, and what was parked and refused.")
            .Produces<PeerFactsDto>().Problem(401, 403, 404);
        peers.MapDelete("/{id}", RemoveAsync).WithSummary("Forget a peer and its addresses.")
            .Produces(204).Problem(401, 403, 404);
        peers.MapPost("/{id}/retry", Retry).WithSummary("Try a peer now.").Produces(204).Problem(401, 403, 404);
        peers.MapPost("/{id}/test", TestAsync).WithSummary("Dial every address of a peer; nothing is shared.")
            .Produces<IReadOnlyList<PeerTestDto>>().Problem(401, 403, 404);
        peers.MapPost("/{id}/pause", (string id, PeerActs acts, CancellationToken cancellation) =>
                PauseAsync(id, true, acts, cancellation))
            .WithSummary("Exchange nothing with a peer until it is resumed.").Produces(204).Problem(401, 403, 404);
        peers.MapPost("/{id}/resume", (string id, PeerActs acts, CancellationToken cancellation) =>
                PauseAsync(id, false, acts, cancellation))
            .WithSummary("Take up the exchange with a peer again.").Produces(204).Problem(401, 403, 404);
    }

    private static IResult List(Mesh mesh) => TypedResults.Json(
        (IReadOnlyList<PeerDto>)[.. mesh.View().Peers.Select(Views.Dto)], ApiJson.Default.IReadOnlyListPeerDto);

    private static async Task<IResult> AddAsync(
        AddPeerRequest request, PeerActs acts, Mesh mesh, CancellationToken cancellation)
    {
        var (peer, problem) = await acts.AddAsync(request.Endpoint, request.InstanceId, cancellation);
        return problem is null ? Answer(mesh, peer, StatusCodes.Status201Created) : Problems.Answer(problem);
    }

    private static IResult Show(string id, Mesh mesh) =>
        NodeId.TryParse(id, out var peer) ? Answer(mesh, peer, StatusCodes.Status200OK) : NotFound();

    private static IResult Facts(string id, PeerLook look) =>
        NodeId.TryParse(id, out var peer) && look.Of(peer) is { } facts
            ? TypedResults.Json(facts.Dto(), ApiJson.Default.PeerFactsDto)
            : NotFound();

    private static async Task<IResult> RemoveAsync(string id, PeerActs acts, CancellationToken cancellation) =>
        NodeId.TryParse(id, out var peer) ? Answer(await acts.RemoveAsync(peer, cancellation)) : NotFound();

    private static IResult Retry(string id, Mesh mesh) =>
        NodeId.TryParse(id, out var peer) ? Answer(mesh.Retry(peer)) : NotFound();

    private static async Task<IResult> TestAsync(string id, PeerActs acts, CancellationToken cancellation) =>
        NodeId.TryParse(id, out var peer) && await acts.TestAsync(peer, cancellation) is { } tests
            ? TypedResults.Json(
                (IReadOnlyList<PeerTestDto>)[.. tests.Select(t => new PeerTestDto(
                    t.Address.Source, t.Address.Endpoint, t.Address.InUse, t.Code is null, t.Code, t.Ms))],
                ApiJson.Default.IReadOnlyListPeerTestDto)
            : NotFound();

    private static async Task<IResult> PauseAsync(
        string id, bool isPaused, PeerActs acts, CancellationToken cancellation) =>
        NodeId.TryParse(id, out var peer) ? Answer(await acts.PauseAsync(peer, isPaused, cancellation)) : NotFound();

    private static IResult Answer(Mesh mesh, NodeId id, int status) =>
        mesh.View().Peers.FirstOrDefault(p => p.Id == id) is { } peer
            ? TypedResults.Json(peer.Dto(), ApiJson.Default.PeerDto, statusCode: status)
            : NotFound();

    private static IResult Answer(Problem? problem) =>
        problem is null ? TypedResults.NoContent() : Problems.Answer(problem);

    private static IResult NotFound() => Problems.Answer(Problem.NotFound("peer"));
}
