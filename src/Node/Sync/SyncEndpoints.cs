using Anarchive.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>The sync protocol's routes. Normative: docs/protocol.md.</summary>
public static class SyncEndpoints
{
    private const string Bearer = "Bearer ";

    public static void MapSync(this IEndpointRouteBuilder app)
    {
        app.MapPost(
            "/sync/v1/handshake",
            (RequestDelegate)(c => AllowedAsync(c, (context, _) => Exchanges(c).HandshakeAsync(context))))
            .ExcludeFromDescription();
        app.MapPost("/sync/v1/heartbeat", (RequestDelegate)(c => AsRelatedAsync(c, Exchanges(c).HeartbeatAsync)))
            .ExcludeFromDescription();
        app.MapPost("/sync/v1/reach", (RequestDelegate)(c => AsRelatedAsync(
            c, c.RequestServices.GetRequiredService<ReachDesk>().AnswerAsync))).ExcludeFromDescription();
        Map(app, HttpMethods.Get, "events", (c, peer, group) => Serving(c).PullAsync(c, peer, group));
        Map(app, HttpMethods.Post, "events", (c, peer, group) => Exchanges(c).PushAsync(c, peer, group));
        Map(app, HttpMethods.Get, "status", (c, peer, group) => Serving(c).StatusAsync(c, peer, group));
        Map(app, HttpMethods.Get, "editions/{hash}", (c, peer, group) => Serving(c).EditionAsync(c, peer, group));
        Map(app, HttpMethods.Get, "editions/{hash}/seal", (c, peer, group) => Serving(c).SealAsync(c, peer, group));
        Map(app, HttpMethods.Post, "leave", (c, peer, group) => Exchanges(c).LeaveAsync(c, peer, group));
    }

    private static void Map(
        IEndpointRouteBuilder app, string method, string what, Func<HttpContext, NodeId, GroupId, Task> handle) =>
        app.MapMethods(
            "/sync/v1/groups/{id}/" + what,
            [method],
            (RequestDelegate)(c => AsPeerAsync(c, (context, peer) => AsMemberAsync(context, peer, handle))))
            .ExcludeFromDescription();

    /// <summary>Plain HTTP is for this machine and for configured proxies.</summary>
    private static Task AllowedAsync(HttpContext context, Func<HttpContext, PeerCaller, Task> handle)
    {
        var from = PeerCaller.Of(context, context.RequestServices.GetRequiredService<NodeOptions>());
        return from.IsAllowed ? handle(context, from) : SyncAnswer.NotFoundAsync(context);
    }

    /// <summary>For whoever holds a token and comes the way it was given to; what it may see, others decide.</summary>
    internal static Task AsPeerAsync(HttpContext context, Func<HttpContext, NodeId, Task> handle) =>
        AllowedAsync(context, (c, from) =>
        {
            var header = c.Request.Headers.Authorization.ToString();
            if (!header.StartsWith(Bearer, StringComparison.Ordinal)) return SyncAnswer.NotFoundAsync(c);
            var tokens = c.RequestServices.GetRequiredService<TokenBook>();
            // A token alone proves nothing: it has to come the way, and with the certificate, it was given to.
            if (tokens.Resolve(header[Bearer.Length..]) is not { } holder || holder.Binding != from.Binding)
                return SyncAnswer.NotFoundAsync(c);
            if (c.RequestServices.GetRequiredService<Sharing>().IsPaused(holder.Peer))
                return SyncAnswer.ErrorAsync(c, "not_ready");
            var quotas = c.RequestServices.GetRequiredService<Quotas>();
            if (quotas.TakeRequest(holder.Peer) is { } wait) return SyncAnswer.ThrottleAsync(c, wait);
            return from.IsProxied ? SignedAsync(c, holder, handle) : handle(c, holder.Peer);
        });

    /// <summary>Whoever ends TLS before this node reads tokens, and can do nothing with them.</summary>
    private static async Task SignedAsync(
        HttpContext context, TokenHolder holder, Func<HttpContext, NodeId, Task> handle)
    {
        var fault = RequestFault.BadSignature;
        if (RequestSigning.Read(context.Request) is { } signature && signature.Sender == holder.Peer
            && await SyncBody.HoldAsync(context.Request) is { } body)
            fault = context.RequestServices.GetRequiredService<RequestSigning>()
                .Check(context.Request, body.Span, signature, holder.Key);
        await (fault switch
        {
            RequestFault.None => handle(context, holder.Peer),
            RequestFault.TooMany => SyncAnswer.ThrottleAsync(context, 1),
            _ => SyncAnswer.NotFoundAsync(context),
        });
    }

    /// <summary>Of no group in particular: for friends and devices, and whoever shares any group now.</summary>
    internal static Task AsRelatedAsync(HttpContext context, Func<HttpContext, NodeId, Task> handle) =>
        AsPeerAsync(context, (c, peer) =>
        {
            var sharing = c.RequestServices.GetRequiredService<Sharing>();
            if (c.RequestServices.GetRequiredService<RingBook>().Holds(peer) || sharing.SharesWith(peer))
                return handle(c, peer);
            return sharing.WasRemoved(peer)
                ? SyncAnswer.ErrorAsync(c, Refusal.NotAMember.Code())
                : SyncAnswer.NotFoundAsync(c);
        });

    /// <summary>A token says who calls; whether that node may see the group is asked anew each time.</summary>
    private static Task AsMemberAsync(
        HttpContext context, NodeId peer, Func<HttpContext, NodeId, GroupId, Task> handle)
    {
        if (!GroupId.TryParse(context.Request.RouteValues["id"] as string, out var group))
            return SyncAnswer.NotFoundAsync(context);
        var sharing = context.RequestServices.GetRequiredService<Sharing>();
        if (sharing.Permits(group, peer)) return handle(context, peer, group);
        return sharing.WasRemoved(group, peer)
            ? SyncAnswer.ErrorAsync(context, Refusal.NotAMember.Code())
            : SyncAnswer.NotFoundAsync(context);
    }

    private static SyncExchanges Exchanges(HttpContext context) =>
        context.RequestServices.GetRequiredService<SyncExchanges>();

    private static SyncServing Serving(HttpContext context) =>
        context.RequestServices.GetRequiredService<SyncServing>();
}
