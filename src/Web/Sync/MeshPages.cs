using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages about peers.</summary>
internal static class MeshPages
{
    public static void MapMeshPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/mesh", (Needs needs, HiveQueries queries) =>
        {
            var (mesh, found) = needs.LookWithReminders();
            return PageAnswers.Show<MeshPage>(new { Mesh = mesh, Needs = found, Hives = queries.Hives() });
        });
        pages.MapGet("/mesh/{id}", Peer);
        pages.MapPost("/mesh/{id}/retry", Retry);
        pages.MapPost("/mesh/{id}/pause", (string id, HttpContext context, PeerActs acts) =>
            ActAsync(id, context, peer => acts.PauseAsync(peer, true, context.RequestAborted)));
        pages.MapPost("/mesh/{id}/resume", (string id, HttpContext context, PeerActs acts) =>
            ActAsync(id, context, peer => acts.PauseAsync(peer, false, context.RequestAborted)));
        pages.MapPost("/mesh/{id}/forget", ForgetAsync);
    }

    private static IResult Peer(string id, Mesh mesh, PeerLook look) =>
        mesh.View().Peers.FirstOrDefault(peer => peer.Id.ToString() == id) is { } peer
            && look.Of(peer.Id) is { } facts
            ? PageAnswers.Show<PeerPage>(new { Peer = peer, Facts = facts })
            : PageAnswers.Page(Problem.NotFound("peer"));

    private static async Task<IResult> ActAsync(string id, HttpContext context, Func<NodeId, Task<Problem?>> act)
    {
        if (!NodeId.TryParse(id, out var peer)) return PageAnswers.Page(Problem.NotFound("peer"));
        return await act(peer) is { } problem ? PageAnswers.Page(problem) : PageAnswers.Back(context, "/mesh");
    }

    /// <summary>Its own page is gone then.</summary>
    private static async Task<IResult> ForgetAsync(string id, PeerActs acts, CancellationToken cancellation)
    {
        if (!NodeId.TryParse(id, out var peer)) return PageAnswers.Page(Problem.NotFound("peer"));
        return await acts.RemoveAsync(peer, cancellation) is { } problem
            ? PageAnswers.Page(problem)
            : PageAnswers.SeeOther("/mesh");
    }

    private static IResult Retry(string id, HttpContext context, Mesh mesh)
    {
        if (!NodeId.TryParse(id, out var peer)) return PageAnswers.Page(Problem.NotFound("peer"));
        return mesh.Retry(peer) is { } problem ? PageAnswers.Page(problem) : PageAnswers.Back(context, "/mesh");
    }
}
