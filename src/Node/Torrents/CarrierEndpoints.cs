using Anarchive.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Routes by which files travel between nodes. Normative: docs/protocol.md.</summary>
public static class CarrierEndpoints
{
    /// <summary>Under which all of them are.</summary>
    public const string Path = "/net/v1";

    public static void MapCarriers(this IEndpointRouteBuilder app)
    {
        Map(app, [HttpMethods.Get, HttpMethods.Head], "blobs/{ih}", (s, c, peer) => s.BlobAsync(c, peer));
        Map(app, [HttpMethods.Get], "blobs/{ih}/have", (s, c, peer) => s.HaveAsync(c, peer));
        Map(app, [HttpMethods.Get], "torrents/{ih}", (s, c, peer) => s.TorrentAsync(c, peer));
        // An item's id has 64 digits, where an info hash has 40.
        MapItem(app, [HttpMethods.Get, HttpMethods.Head], "", (s, c, peer) => s.BlobAsync(c, peer));
        MapItem(app, [HttpMethods.Get], "/layer", (s, c, peer) => s.LayerAsync(c, peer));
        MapItem(app, [HttpMethods.Post], "/transfer", (s, c, peer) => s.OfferAsync(c, peer));
        MapItem(app, [HttpMethods.Post], "/challenge", (s, c, peer) => s.ChallengeAsync(c, peer));
        Map(
            app, [HttpMethods.Get], "wire/{ih}",
            (_, c, peer) => c.RequestServices.GetRequiredService<WireTunnels>().AcceptAsync(c, peer));
    }

    private static void MapItem(
        IEndpointRouteBuilder app, string[] methods, string what,
        Func<ItemServing, HttpContext, NodeId, Task> handle) =>
        app.MapMethods(
            $"{Path}/blobs/{{item:length(64)}}{what}",
            methods,
            (RequestDelegate)(context => SyncEndpoints.AsPeerAsync(
                context, (c, peer) => handle(c.RequestServices.GetRequiredService<ItemServing>(), c, peer))))
            .ExcludeFromDescription();

    private static void Map(
        IEndpointRouteBuilder app, string[] methods, string what,
        Func<BlobServing, HttpContext, NodeId, Task> handle) =>
        app.MapMethods(
            $"{Path}/{what}",
            methods,
            (RequestDelegate)(context => SyncEndpoints.AsPeerAsync(
                context, (c, peer) => handle(c.RequestServices.GetRequiredService<BlobServing>(), c, peer))))
            .ExcludeFromDescription();
}
