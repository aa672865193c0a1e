using Anarchive.Log;
using Anarchive.Rings;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>What a hub answers to nodes. Every request is signed; to all others there is nothing here.</summary>
/// <remarks>
/// A node proves its key and no membership: it names groups, whose ids are hashes that only members and invites hold.
/// Whoever names a group hears the records of its other members that registered, and nothing of what is written there.
/// </remarks>
public sealed class HubDesk(
    HubBook book, RequestSigning signing, Quotas quotas, IVerifier verifier, TimeProvider time)
{
    private const int RegistrationBytesMax = 64 * 1024;

    /// <summary><c>POST /api/v1/map/nodes</c>.</summary>
    public async Task RegisterAsync(HttpContext context)
    {
        if (RequestSigning.Read(context.Request) is not { } signature
            || context.Request.ContentLength is null or > RegistrationBytesMax)
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        var known = book.Find(signature.Sender);
        var body = await SyncBody.HoldAsync(context.Request) ?? default;
        var said = Wire.TryRead(body.Span, HubJson.Default.HubRegistration);
        var node = said is null ? null : HubNode.TryRead(said, Now(), verifier);
        if (node is null || node.Id != signature.Sender
            // Keys that newer ones have overruled may be in the hands of whoever took them.
            || known?.Said.Keys.Count > node.Said.Keys.Count
            || !signing.IsSigned(context.Request, body.Span, signature, node.Key))
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        // Whoever only uses another's name costs it nothing, and strangers without a key none of what they share.
        var wait = known is { IsAdmitted: true } ? quotas.TakeRequest(node.Id) : quotas.TakeHandshake();
        if (wait is { } seconds)
        {
            await SyncAnswer.ThrottleAsync(context, seconds);
            return;
        }

        if (signing.Check(context.Request, body.Span, signature, node.Key) != RequestFault.None)
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        if (await book.RegisterAsync(node, said!.PreauthKey, context.RequestAborted) is { } registered)
            await SyncAnswer.JsonAsync(
                context,
                new HubStanding(registered.IsAdmitted ? "admitted" : "waiting"),
                HubJson.Default.HubStanding);
        else await SyncAnswer.ErrorAsync(context, "not_ready");
    }

    /// <summary><c>GET /api/v1/map/peers</c>.</summary>
    public async Task PeersAsync(HttpContext context)
    {
        if (await CallerAsync(context) is not { } caller) return;
        var peers = book.All.Where(n => n.IsAdmitted && n.Id != caller.Id && n.SharesGroupWith(caller))
            .Select(n => (Node: n, IsStale: n.IsStale(Now())))
            .Where(n => IsListed(n.Node))
            .OrderBy(n => n.IsStale).ThenByDescending(n => n.Node.HeardMs)
            .Take(GossipTable.PerHubMax)
            .Select(n => new HubPeer(n.Node.Said.Record!, n.IsStale));
        await SyncAnswer.JsonAsync(context, new HubPeers([.. peers]), HubJson.Default.HubPeers);
    }

    /// <summary><c>POST /api/v1/map/leave</c>: the node wants to be known here no more.</summary>
    public async Task LeaveAsync(HttpContext context)
    {
        if (await CallerAsync(context) is not { } caller) return;
        await book.RemoveAsync(caller.Id, context.RequestAborted);
        await SyncAnswer.JsonAsync(context, new HubStanding("left"), HubJson.Default.HubStanding);
    }

    /// <summary><c>POST /api/v1/map/groups/{id}/join</c> and <c>…/leave</c>: who may hear of the node.</summary>
    public async Task NameAsync(HttpContext context, bool joins)
    {
        if (await CallerAsync(context) is not { } caller) return;
        if (!GroupId.TryParse(context.Request.RouteValues["id"] as string, out var group)
            || !await book.NameAsync(caller.Id, group, joins, context.RequestAborted))
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        await SyncAnswer.JsonAsync(
            context, new HubStanding(joins ? "joined" : "left"), HubJson.Default.HubStanding);
    }

    /// <summary>The admitted node that signed a request without a body; null where it was answered.</summary>
    private async Task<HubNode?> CallerAsync(HttpContext context)
    {
        if (RequestSigning.Read(context.Request) is not { } signature
            || book.Find(signature.Sender) is not { IsAdmitted: true } caller
            || !signing.IsSigned(context.Request, [], signature, caller.Key))
        {
            await SyncAnswer.NotFoundAsync(context);
            return null;
        }

        if (quotas.TakeRequest(caller.Id) is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return null;
        }

        if (signing.Check(context.Request, [], signature, caller.Key) == RequestFault.None) return caller;
        await SyncAnswer.NotFoundAsync(context);
        return null;
    }

    private bool IsListed(HubNode node) =>
        Base64UrlText.Decode(node.Said.Record) is { } bytes && PeerRecord.Reread(bytes, Now()) is not null;

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
