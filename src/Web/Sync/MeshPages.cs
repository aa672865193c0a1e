using Anarchive.Log;
using Anarchive.Node;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anarchive.Web;

/// <summary>Pages about peers.</summary>
internal static class MeshPages
{
    public static void MapMeshPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/mesh", (Needs needs, HiveQueries queries) =>
        {
            var (mesh, found) = needs.Look();
            return new RazorComponentResult<MeshPage>(new { Mesh = mesh, Needs = found, Hives = queries.Hives() });
        });
        pages.MapGet("/mesh/{id}", Peer);
        pages.MapPost("/mesh/{id}/retry", Retry);
    }

    private static IResult Peer(string id, Mesh mesh) =>
        mesh.View().Peers.FirstOrDefault(peer => peer.Id.ToString() == id) is { } peer
            ? new RazorComponentResult<PeerPage>(new { Peer = peer })
            : PageAnswers.Page(Problem.NotFound("peer"));

    private static IResult Retry(string id, HttpContext context, Mesh mesh)
    {
        if (!NodeId.TryParse(id, out var peer)) return PageAnswers.Page(Problem.NotFound("peer"));
        return mesh.Retry(peer) is { } problem ? PageAnswers.Page(problem) : PageAnswers.Back(context, "/mesh");
    }
}
