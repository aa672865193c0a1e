using Anarchive.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>How sealed reports travel: by one friend to the aggregator. Normative: docs/protocol.md.</summary>
/// <remarks>For friends and devices alone; to everybody else the routes are not there.</remarks>
public static class SignalEndpoints
{
    internal const string Relay = CarrierEndpoints.Path + "/relay";

    internal const string Reports = CarrierEndpoints.Path + "/reports";

    private const int BodyBytesMax = 16 * 1024;

    public static void MapSignal(this IEndpointRouteBuilder app)
    {
        app.MapPost(Relay, (RequestDelegate)(c => AsPairedAsync(c, RelayAsync))).ExcludeFromDescription();
        app.MapPost(Reports, (RequestDelegate)(c => AsPairedAsync(c, ReportAsync))).ExcludeFromDescription();
    }

    private static Task AsPairedAsync(HttpContext context, Func<HttpContext, NodeId, Task> handle) =>
        SyncEndpoints.AsPeerAsync(context, (c, peer) =>
            c.RequestServices.GetRequiredService<RingBook>().Holds(peer)
                ? handle(c, peer)
                : SyncAnswer.NotFoundAsync(c));

    private static async Task RelayAsync(HttpContext context, NodeId peer)
    {
        if (context.RequestServices.GetRequiredService<SignalQuotas>().TakeRelay(peer) is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        var (body, code) = await SyncBody.ReadAsync(context.Request, BodyBytesMax);
        var message = code is null ? Wire.TryRead(body.Span, SignalMessagesJson.Default.RelayMessage) : null;
        if (message is null || !NodeId.TryParse(message.Aggregator, out var aggregator)
            || !Base64UrlText.TryDecode(message.Box, SignalBox.SealedBytes, out _))
        {
            await SyncAnswer.ErrorAsync(context, code ?? "malformed");
            return;
        }

        // Who is a friend of this node is nobody's business: all that comes to nothing is answered alike.
        var rings = context.RequestServices.GetRequiredService<RingBook>();
        if (aggregator == peer || !rings.Holds(aggregator))
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        try
        {
            var client = context.RequestServices.GetRequiredService<PeerClient>();
            await client.ReportAsync(aggregator, message.Box, context.RequestAborted);
        }
        catch (PeerException failed)
        {
            await SyncAnswer.ErrorAsync(context, failed.Code == Aggregator.Refused ? failed.Code : "not_found");
            return;
        }

        await AnswerAsync(context);
    }

    private static async Task ReportAsync(HttpContext context, NodeId peer)
    {
        var aggregator = context.RequestServices.GetRequiredService<Aggregator>();
        if (aggregator.SinceMs is null)
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        if (context.RequestServices.GetRequiredService<SignalQuotas>().TakeReport(peer) is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        var (body, code) = await SyncBody.ReadAsync(context.Request, BodyBytesMax);
        var message = code is null ? Wire.TryRead(body.Span, SignalMessagesJson.Default.ReportMessage) : null;
        if (message is null || !Base64UrlText.TryDecode(message.Box, SignalBox.SealedBytes, out var box))
        {
            await SyncAnswer.ErrorAsync(context, code ?? "malformed");
            return;
        }

        if (await aggregator.TakeAsync(box, context.RequestAborted)) await AnswerAsync(context);
        else await SyncAnswer.ErrorAsync(context, Aggregator.Refused);
    }

    private static Task AnswerAsync(HttpContext context) =>
        SyncAnswer.JsonAsync(context, new TakenMessage(true), SignalMessagesJson.Default.TakenMessage);
}
