using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>
/// The holder's side of locks, for devices of this fleet and for friends whose copies it keeps. Normative:
/// docs/protocol.md, "Locks".
/// </summary>
public sealed class LockDesk(
    ReleaseBook releases, OwnCopy own, LentLocks lent, OwnFleet fleet, FleetDesk desk, LogWriter writer, NodeKey key,
    ReleaseTimes times)
{
    /// <summary>Promises to keep this device's copy, or says why not; in the fleet's log, too.</summary>
    public async Task AnswerAsync(HttpContext context, NodeId peer)
    {
        var isOfFleet = fleet.Group is { } group && writer.IsMember(group, peer);
        if (!isOfFleet && !lent.MayAsk(peer))
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        var (body, code) = await SyncBody.ReadAsync(context.Request, SyncBody.HandshakeBytesMax);
        var message = code is null ? Wire.TryRead(body.Span, LockJson.Default.LockMessage) : null;
        if (message?.Read(peer) is not { } request)
        {
            await SyncAnswer.ErrorAsync(context, code ?? "malformed");
            return;
        }

        var answer = isOfFleet
            ? await AnswerOwnAsync(request, context.RequestAborted)
            : await lent.AnswerAsync(request, peer, context.RequestAborted);
        if (answer is null)
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        await SyncAnswer.JsonAsync(context, LockReply.Of(request, answer, key), LockJson.Default.LockReply);
    }

    /// <summary>Of this device's own copy; also where this very device has a friend's copy go.</summary>
    internal async Task<LockAnswer> AnswerOwnAsync(LockRequest request, CancellationToken cancellation)
    {
        // The disk is spared where the answer is no whatever it holds.
        var reads = !releases.IsReleasing(request.Item) || request.Releaser == desk.Self;
        var found = await own.LookAsync(request.Item, reads, cancellation);
        var answer = await releases.AnswerAsync(request, found, cancellation);
        if (answer.IsGranted)
            // For the record alone: whether the log takes it now changes nothing of the promise.
            await desk.SayAsync(
                new LockGranted((int)Math.Max(1, times.TtlMs / 1000)), [request.Intent], dryRun: false, cancellation);
        return answer;
    }
}

/// <summary>What releases add for peers.</summary>
public static class LockEndpoints
{
    public const string Path = "/net/v1/locks";

    public static void MapLocks(this IEndpointRouteBuilder app) =>
        app.MapPost(Path, (RequestDelegate)(context => SyncEndpoints.AsPeerAsync(
            context, (c, peer) => c.RequestServices.GetRequiredService<LockDesk>().AnswerAsync(c, peer))))
            .ExcludeFromDescription();
}
