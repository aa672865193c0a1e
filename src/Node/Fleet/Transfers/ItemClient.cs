using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Reads items from a device that serves them; what comes is not checked yet.</summary>
/// <param name="http">The connections to that device.</param>
/// <param name="address">Under which it serves them, without a slash at the end.</param>
/// <param name="token">That names this node there.</param>
/// <remarks>Every call throws <see cref="PeerException"/> for anything but a well-formed answer in time.</remarks>
public sealed class ItemClient(PeerHttp http, string address, string? token)
{
    // A source that sends a byte now and then has stalled, too.
    private const int SlowestBytesPerSecond = 4 * 1024;

    private static readonly TimeSpan StallAfter = TimeSpan.FromSeconds(30);

    /// <summary>How long a source may send nothing.</summary>
    internal TimeSpan Stall { get; init; } = StallAfter;

    internal async Task<TransferReply> OfferAsync(ItemId item, CancellationToken cancellation)
    {
        var reply = await http.ExchangeAsync(
            new HttpRequestMessage(HttpMethod.Post, At(item, "/transfer")), token, TransferJson.Default.TransferReply,
            cancellation);
        return reply.Describes(item) ? reply : throw PeerException.Malformed();
    }

    /// <summary>The hashes of its pieces, which give the item's root.</summary>
    internal async Task<PieceLayer> LayerAsync(ItemId item, TransferReply offer, CancellationToken cancellation)
    {
        var bytes = await http.FetchAsync(At(item, "/layer", offer.Token), token, cancellation);
        return PieceLayer.TryRead(offer.Size, offer.PieceLength, bytes.Span) is { } layer && layer.Item == item
            ? layer
            : throw PeerException.Malformed();
    }

    internal Task RangeAsync(
        ItemId item, string transfer, long offset, Memory<byte> into, CancellationToken cancellation) =>
        http.FetchRangeAsync(
            At(item, "", transfer), token, offset, into, Stall,
            Stall + TimeSpan.FromSeconds((double)into.Length / SlowestBytesPerSecond), cancellation);

    internal async Task<Hash256> ChallengeAsync(
        ItemId item, Hash256 nonce, IReadOnlyList<ByteRange> ranges, CancellationToken cancellation)
    {
        var asked = new ChallengeRequest(
            Base64UrlText.Encode(nonce.ToArray()), [.. ranges.Select(r => new RangeMessage(r.From, r.Length))]);
        var reply = await http.ExchangeAsync(
            PeerHttp.Post(At(item, "/challenge"), asked, TransferJson.Default.ChallengeRequest), token,
            TransferJson.Default.ChallengeReply, cancellation);
        return reply.Read() ?? throw PeerException.Malformed();
    }

    private Uri At(ItemId item, string what, string? transfer = null) => new(
        $"{address}/blobs/{item}{what}{(transfer is null ? "" : $"?{ItemServing.TokenName}={transfer}")}");
}

/// <summary>A device that may have an item, and how to read it there.</summary>
/// <param name="Client">Throws <see cref="PeerException"/> where that device cannot be asked now.</param>
public sealed record ItemSource(NodeId Node, Func<ItemClient> Client);
