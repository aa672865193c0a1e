using Anarchive.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>What Net adds for peers. Normative: docs/protocol.md, "Parts".</summary>
public static class PartEndpoints
{
    private const int PartsMax = 64;

    public static void MapParts(this IEndpointRouteBuilder app) =>
        app.MapPost("/net/v1/parts", (RequestDelegate)(c => SyncEndpoints.AsRelatedAsync(c, ExchangeAsync)))
            .ExcludeFromDescription();

    private static async Task ExchangeAsync(HttpContext context, NodeId peer)
    {
        var (body, code) = await SyncBody.ReadAsync(context.Request, SyncBody.HandshakeBytesMax);
        var message = code is null ? Wire.TryRead(body.Span, PartsJson.Default.PartsMessage) : null;
        if (message is null || message.Parts.Count > PartsMax || message.Parts.Any(p => p is null))
        {
            await SyncAnswer.ErrorAsync(context, code ?? "malformed");
            return;
        }

        var offers = context.RequestServices.GetRequiredService<PartOffers>();
        await offers.TakeAsync(peer, message, context.RequestAborted);
        await SyncAnswer.JsonAsync(context, offers.For(peer), PartsJson.Default.PartsMessage);
    }
}
