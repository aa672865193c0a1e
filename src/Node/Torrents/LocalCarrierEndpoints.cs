using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Routes for torrent clients of this machine, on the pages' listener.</summary>
public static class LocalCarrierEndpoints
{
    /// <remarks>qBittorrent passes over a tracker on loopback unless its path begins like this.</remarks>
    public static void MapLocalCarriers(this IEndpointRouteBuilder app)
    {
        Map(app, [HttpMethods.Get], "/announce/{key}", c => TextAsync(c, Tracker(c).Announce));
        Map(app, [HttpMethods.Get], "/scrape/{key}", c => TextAsync(c, Tracker(c).Scrape));
        Map(
            app, [HttpMethods.Get, HttpMethods.Head], "/ws/{key}/{ih}/{name}",
            c => c.RequestServices.GetRequiredService<WebSeedBridge>().AnswerAsync(
                c, c.Request.RouteValues["ih"] as string, c.Request.RouteValues["name"] as string));
    }

    private static void Map(
        IEndpointRouteBuilder app, string[] methods, string path, Func<HttpContext, Task> answer) =>
        app.MapMethods(
            path,
            methods,
            (RequestDelegate)(context =>
            {
                var local = context.RequestServices.GetRequiredService<LocalAddress>();
                if (local.Opens(context.Request.RouteValues["key"] as string)) return answer(context);
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }))
            .ExcludeFromDescription();

    private static LocalTracker Tracker(HttpContext context) =>
        context.RequestServices.GetRequiredService<LocalTracker>();

    private static Task TextAsync(HttpContext context, Func<string, byte[]> answer)
    {
        var bytes = answer(context.Request.QueryString.Value ?? "");
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
