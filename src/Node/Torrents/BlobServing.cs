using Anarchive.Log;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>Whether a peer may have a file. Asked anew for each request; what is registered last decides.</summary>
public delegate bool MayReadBlob(NodeId peer, Hash160 ih);

/// <summary>What peers may read of the shelf. One that is not here and one that is not theirs look alike.</summary>
public sealed class BlobServing(BlobShelf shelf, BlobQuotas quotas, CarrierMeters meters, MayReadBlob mayRead)
{
    /// <summary><c>GET, HEAD …/blobs/{ih}</c>: the file or a range of it, as far as it is here.</summary>
    public async Task BlobAsync(HttpContext context, NodeId peer)
    {
        if (Named(context, peer) is not { } what || Here(what.InfoHash) is not var (path, pieces))
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

        if (await BlobAnswer.RangeAsync(context, what.InfoHash.ToString(), what.Length) is not { } range) return;
        if (pieces is not null && !range.PiecesOf(what).All(pieces.Has))
        {
            await BlobAnswer.OutsideAsync(context, what.Length);
            return;
        }

        var length = HttpMethods.IsHead(context.Request.Method) ? 0 : range.Length;
        if (quotas.TakeBytes(peer, length) is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        meters.Served(length);
        if (path is not null) await BlobAnswer.FromFileAsync(context, what.Length, range, path);
        else
            await BlobAnswer.FromPiecesAsync(
                context, what, range, piece => shelf.ReadAsync(what, piece, context.RequestAborted));
    }

    /// <summary><c>GET …/blobs/{ih}/have</c>: a bit for each piece that is here.</summary>
    public Task HaveAsync(HttpContext context, NodeId peer) =>
        Named(context, peer) is { } what && shelf.PiecesOf(what.InfoHash) is { } pieces
            ? BytesAsync(context, BlobAnswer.BytesType, pieces.ToBytes())
            : SyncAnswer.NotFoundAsync(context);

    /// <summary><c>GET …/torrents/{ih}</c>: the description, without an address in it.</summary>
    public Task TorrentAsync(HttpContext context, NodeId peer) =>
        Named(context, peer) is { } what
            ? BytesAsync(context, "application/x-bittorrent", what.Bare())
            : SyncAnswer.NotFoundAsync(context);

    /// <summary>The file a request names, where it is known and that peer may have it.</summary>
    internal Metainfo? Named(HttpContext context, NodeId peer) =>
        Hash160.TryParse(context.Request.RouteValues["ih"] as string, out var ih) && mayRead(peer, ih)
            ? shelf.Find(ih)
            : null;

    /// <summary>Where the file is, or else which pieces of it came; null where neither.</summary>
    private (string? Path, PieceSet? Pieces)? Here(Hash160 ih)
    {
        if (shelf.PathOf(ih) is { } path) return (path, null);
        return shelf.PiecesOf(ih) is { } pieces ? (null, pieces) : null;
    }

    private static Task BytesAsync(HttpContext context, string type, byte[] bytes)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
