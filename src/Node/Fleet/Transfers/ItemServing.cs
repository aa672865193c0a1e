using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>
/// Gives items to the devices of this fleet, and to a friend what it keeps for us or we for it. An item that is not
/// here, one whose file changed, a stranger's question and a token for something else look alike.
/// </summary>
public sealed class ItemServing(
    ItemStore store, OwnFleet fleet, FriendItems friends, LogWriter writer, TransferBook transfers, BlobQuotas quotas,
    CarrierMeters meters, CacheUses uses)
{
    /// <summary>The member of a query that holds the transfer's token.</summary>
    internal const string TokenName = "transfer";

    /// <summary><c>POST …/blobs/{item}/transfer</c>: begins a transfer.</summary>
    public Task OfferAsync(HttpContext context, NodeId peer)
    {
        if (Named(context) is not { } item || Find(peer, item) is not { } copy || copy.Layer() is not { } layer)
            return SyncAnswer.NotFoundAsync(context);
        return SyncAnswer.JsonAsync(
            context,
            new TransferReply(
                transfers.Issue(peer, item), FileNames.Tidy(copy.Name, item.ToString()), layer.SizeBytes,
                layer.PieceLength, layer.Root.ToString()),
            TransferJson.Default.TransferReply);
    }

    /// <summary><c>GET, HEAD …/blobs/{item}</c>: the file or a range of it.</summary>
    public async Task BlobAsync(HttpContext context, NodeId peer)
    {
        if (Granted(context, peer) is not { } item || Find(peer, item) is not { } copy)
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        using var place = quotas.EnterRequest(peer);
        if (place is null)
        {
            await SyncAnswer.ThrottleAsync(context, 1);
            return;
        }

        if (await BlobAnswer.RangeAsync(context, item.ToString(), copy.SizeBytes) is not { } range) return;
        var length = HttpMethods.IsHead(context.Request.Method) ? 0 : range.Length;
        if (quotas.TakeBytes(peer, length) is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        meters.Served(length);
        // It is not culled under whoever fetches it.
        using var use = uses.Begin(item, CacheUse.Copying);
        await BlobAnswer.FromFileAsync(context, copy.SizeBytes, range, copy.FullPath);
    }

    /// <summary><c>GET …/blobs/{item}/layer</c>: the hashes of its pieces.</summary>
    public Task LayerAsync(HttpContext context, NodeId peer)
    {
        if (Granted(context, peer) is not { } item || Find(peer, item)?.Layer() is not { } layer)
            return SyncAnswer.NotFoundAsync(context);
        var bytes = layer.ToBytes();
        context.Response.ContentType = BlobAnswer.BytesType;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    /// <summary>
    /// <c>POST …/blobs/{item}/challenge</c>: proves that ranges can be read now. Whoever asks needs a copy of its own
    /// to know the right answer; a friend gets one about what is kept for it alone, or this device would answer the
    /// challenges that it puts to that friend.
    /// </summary>
    public async Task ChallengeAsync(HttpContext context, NodeId peer)
    {
        if (Named(context) is not { } item
            || (IsOfFleet(peer) ? Find(peer, item) : friends.Lent(peer, item)) is not { } copy)
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        using var place = quotas.EnterRequest(peer);
        if (place is null)
        {
            await SyncAnswer.ThrottleAsync(context, 1);
            return;
        }

        var (body, code) = await SyncBody.ReadAsync(context.Request, SyncBody.HandshakeBytesMax);
        var asked = code is null ? Wire.TryRead(body.Span, TransferJson.Default.ChallengeRequest) : null;
        if (asked?.Within(copy.SizeBytes) is not { } ranges || !Base64UrlText.TryDecode(asked.Nonce, out Hash256 nonce))
        {
            await SyncAnswer.ErrorAsync(context, code ?? "malformed");
            return;
        }

        if (await FileBytes.DigestAsync(copy.FullPath, nonce, ranges, context.RequestAborted) is { } digest)
            await SyncAnswer.JsonAsync(
                context, new ChallengeReply(digest.ToString()), TransferJson.Default.ChallengeReply);
        else
            await SyncAnswer.NotFoundAsync(context);
    }

    /// <summary>Where the item is, for whoever shows a transfer's token by another way.</summary>
    public StoredCopy? Resolve(ItemId item, string token) =>
        transfers.Resolve(token, item) is { } peer && IsOfFleet(peer) ? store.Find(item) : null;

    private static ItemId? Named(HttpContext context) =>
        ItemId.TryParse(context.Request.RouteValues["item"] as string, out var item) ? item : null;

    private ItemId? Granted(HttpContext context, NodeId peer) =>
        Named(context) is { } item && transfers.Resolve(context.Request.Query[TokenName], item) == peer
            ? item
            : null;

    /// <summary>What the caller may have of an item; asked anew on every request.</summary>
    private ServedItem? Find(NodeId peer, ItemId item)
    {
        if (!IsOfFleet(peer)) return friends.Find(peer, item);
        return store.Find(item) is { } copy
            ? new ServedItem(copy.FullPath, copy.Name, copy.SizeBytes, () => store.LayerOf(item))
            : null;
    }

    private bool IsOfFleet(NodeId peer) => fleet.Group is { } group && writer.IsMember(group, peer);
}

/// <summary>A file that may be given to whoever asked.</summary>
/// <param name="Name">For devices of this fleet the file's own; for friends the item's id.</param>
/// <param name="Layer">Reads the hashes of its pieces: a large item has many, and its bytes need none.</param>
internal sealed record ServedItem(string FullPath, string Name, long SizeBytes, Func<PieceLayer?> Layer);
