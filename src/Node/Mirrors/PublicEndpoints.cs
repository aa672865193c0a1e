using Anarchive.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Routes by which anybody reads an open hive. Normative: docs/protocol.md.</summary>
public static class PublicEndpoints
{
    public static void MapPublic(this IEndpointRouteBuilder app)
    {
        Map(app, "status", false, (context, group) => Reading(context).StatusAsync(context, group));
        Map(app, "events", true, (context, group) => Reading(context).PullAsync(context, group));
        Map(
            app, "editions/{hash}", true,
            (context, group) => Serving(context).EditionAsync(context, default, group));
        Map(
            app, "editions/{hash}/seal", false,
            (context, group) => Serving(context).SealAsync(context, default, group));
    }

    private static void Map(
        IEndpointRouteBuilder app, string what, bool isBody, Func<HttpContext, GroupId, Task> answer) =>
        app.MapMethods(
            PublicLink.Path + "{id}/" + what,
            [HttpMethods.Get],
            (RequestDelegate)(context =>
                PeerCaller.Of(context, context.RequestServices.GetRequiredService<NodeOptions>()).IsAllowed
                    ? Reading(context).AnswerAsync(context, isBody, group => answer(context, group))
                    : SyncAnswer.NotFoundAsync(context)))
            .ExcludeFromDescription();

    private static PublicReading Reading(HttpContext context) =>
        context.RequestServices.GetRequiredService<PublicReading>();

    private static SyncServing Serving(HttpContext context) =>
        context.RequestServices.GetRequiredService<SyncServing>();
}
