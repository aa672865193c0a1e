using Anarchive.Fleet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>What other nodes may ask of this fleet. Normative: docs/protocol.md, "Fleet".</summary>
/// <remarks>Who may not hear of something, and who asks for what is not here, get one and the same answer.</remarks>
public static class PeersEndpoints
{
    internal const string PeersPath = CarrierEndpoints.Path + "/peers_for";

    public static void MapFleetPeers(this IEndpointRouteBuilder app)
    {
        Map(app, PeersPath + "/{infohash}", PeersAsync);
        Map(app, CarrierEndpoints.Path + "/registry", (c, ring) => OwnAsync(
            c, ring, views => SyncAnswer.JsonAsync(c, views.Registry(), PeersJson.Default.RegistryReply)));
        Map(app, CarrierEndpoints.Path + "/custody", CustodyAsync);
        Map(app, CarrierEndpoints.Path + "/reaper", (c, ring) => OwnAsync(
            c, ring, views => SyncAnswer.JsonAsync(c, views.Torrents(), PeersJson.Default.ReaperReply)));
    }

    private static void Map(
        IEndpointRouteBuilder app, string path, Func<HttpContext, CallerRing, Task> handle) =>
        app.MapGet(path, (RequestDelegate)(context => SyncEndpoints.AsPeerAsync(
            context, (c, peer) => handle(c, c.RequestServices.GetRequiredService<PeersDesk>().RingOf(peer)))))
            .ExcludeFromDescription();

    private static Task PeersAsync(HttpContext context, CallerRing ring)
    {
        var infoHash = context.Request.RouteValues["infohash"] as string;
        var desk = context.RequestServices.GetRequiredService<PeersDesk>();
        if (!PeersFor.IsInfoHash(infoHash) || desk.Answer(infoHash!, ring) is not { } answer)
            return SyncAnswer.NotFoundAsync(context);
        var nowMs = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var reply = PeersReply.Of(answer, ring, desk.PlanId, nowMs);
        return SyncAnswer.JsonAsync(context, reply, PeersJson.Default.PeersReply);
    }

    private static Task CustodyAsync(HttpContext context, CallerRing ring)
    {
        ItemId? after = null;
        if (context.Request.Query["after"].ToString() is { Length: > 0 } text)
        {
            if (!ItemId.TryParse(text, out var item)) return SyncAnswer.NotFoundAsync(context);
            after = item;
        }

        return OwnAsync(context, ring, views => SyncAnswer.JsonAsync(
            context, views.Custody(after), PeersJson.Default.CustodyReply));
    }

    private static Task OwnAsync(HttpContext context, CallerRing ring, Func<FleetViews, Task> answer) =>
        ring == CallerRing.Fleet
            ? answer(context.RequestServices.GetRequiredService<FleetViews>())
            : SyncAnswer.NotFoundAsync(context);
}
