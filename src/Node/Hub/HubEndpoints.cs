using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>A hub's routes for nodes. Normative: docs/protocol.md.</summary>
public static class HubEndpoints
{
    /// <summary>Nothing where this node is no hub.</summary>
    public static void MapHub(this IEndpointRouteBuilder app)
    {
        if (!app.ServiceProvider.GetRequiredService<NodeOptions>().IsHub) return;
        Map(app, HttpMethods.Post, "nodes", (desk, context) => desk.RegisterAsync(context));
        Map(app, HttpMethods.Get, "peers", (desk, context) => desk.PeersAsync(context));
        Map(app, HttpMethods.Post, "leave", (desk, context) => desk.LeaveAsync(context));
        Map(app, HttpMethods.Post, "groups/{id}/join", (desk, context) => desk.NameAsync(context, joins: true));
        Map(app, HttpMethods.Post, "groups/{id}/leave", (desk, context) => desk.NameAsync(context, joins: false));
    }

    private static void Map(
        IEndpointRouteBuilder app, string method, string what, Func<HubDesk, HttpContext, Task> handle) =>
        app.MapMethods(
            "/api/v1/map/" + what,
            [method],
            (RequestDelegate)(context =>
            {
                var services = context.RequestServices;
                return PeerCaller.Of(context, services.GetRequiredService<NodeOptions>()).IsAllowed
                    ? handle(services.GetRequiredService<HubDesk>(), context)
                    : SyncAnswer.NotFoundAsync(context);
            }))
            .ExcludeFromDescription();
}
