using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>Which nodes a file may be fetched from. What is registered last decides; by itself, none.</summary>
public delegate IReadOnlyList<BlobSource> BlobSourcesOf(Hash160 ih);

/// <summary>
/// A web seed (BEP 19) for torrent clients of this machine: the file from the shelf, or its pieces from other nodes,
/// each verified before the first byte of it is passed on.
/// </summary>
/// <remarks>Clients do not leave a web seed that sends wrong bytes alone, so none ever does here.</remarks>
public sealed class WebSeedBridge(BlobShelf shelf, RangeFetch fetch, BlobSourcesOf sources) : IDisposable
{
    private const long CacheBytes = 32 * 1024 * 1024;

    private readonly PieceCache _cache = new(CacheBytes);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Answers <c>GET</c> and <c>HEAD</c>; 404 for a file or a name that is not known.</summary>
    public async Task AnswerAsync(HttpContext context, string? ih, string? name)
    {
        if (!Hash160.TryParse(ih, out var hash) || shelf.Find(hash) is not { } what || what.Name != name)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (await BlobAnswer.RangeAsync(context, what.InfoHash.ToString(), what.Length) is not { } range) return;
        if (shelf.PathOf(hash) is { } path) await BlobAnswer.FromFileAsync(context, what.Length, range, path);
        else
            await BlobAnswer.FromPiecesAsync(
                context, what, range, piece => PieceAsync(what, piece, context.RequestAborted));
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Null where no source gives it now.</summary>
    private async Task<byte[]?> PieceAsync(Metainfo what, int piece, CancellationToken cancellation)
    {
        if (await shelf.ReadAsync(what, piece, cancellation) is { } here) return here;
        try
        {
            // Others may wait for it, too: who asked first may go.
            return await _cache.GetAsync(
                what.InfoHash,
                piece,
                what.LengthOfPiece(piece),
                () => fetch.PieceAsync(what, piece, sources(what.InfoHash), _stopping.Token)).WaitAsync(cancellation);
        }
        catch (CarrierException none) when (none.Code == "no_source")
        {
            return null;
        }
    }
}
