using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>A device that serves one item over no wire at all, and in whatever wrong way a test wants.</summary>
internal sealed class BentItems : HttpMessageHandler
{
    private readonly byte[] _bytes;
    private readonly PeerHttp _http;
    private readonly PieceLayer _layer;

    public BentItems(byte[] bytes, byte id)
    {
        _bytes = bytes;
        var length = PieceLayer.PieceLengthOf(bytes.Length);
        _layer = PieceLayer.TryRead(
            bytes.Length, length,
            [.. bytes.Chunk(length).SelectMany(p => PieceLayer.HashOf(p, bytes.Length, length).ToArray())])!;
        Node = new NodeId(Hash256.Sha256([id]));
        _http = new PeerHttp(this);
        Name = "bent.mkv";
    }

    public NodeId Node { get; }

    public ItemId Item => _layer.Item;

    public string Name { get; set; }

    /// <summary>What becomes of a range that begins there: given back as it is, changed, or waited for.</summary>
    public Func<long, byte[], CancellationToken, Task<byte[]>> Bend { get; set; } =
        (_, bytes, _) => Task.FromResult(bytes);

    /// <summary>The hashes as they are told.</summary>
    public Func<byte[], byte[]> BendLayer { get; set; } = layer => layer;

    /// <summary>Where the ranges it was asked for begin, in order.</summary>
    public ConcurrentQueue<long> Asked { get; } = new();

    public ItemSource Source => new(
        Node,
        () => new ItemClient(_http, "http://source.invalid/net/v1", "token") { Stall = TimeSpan.FromSeconds(2) });

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("/transfer", StringComparison.Ordinal))
            return Json(
                $$"""
                {"token":"{{Base64UrlText.Encode(new byte[32])}}","name":"{{Name}}","size":{{_bytes.Length}},
                "piece_length":{{_layer.PieceLength}},"piece_root":"{{_layer.Root}}"}
                """);
        if (path.EndsWith("/layer", StringComparison.Ordinal))
            return new HttpResponseMessage { Content = new ByteArrayContent(BendLayer(_layer.ToBytes())) };
        var range = request.Headers.Range!.Ranges.Single();
        var from = range.From!.Value;
        Asked.Enqueue(from);
        var bytes = _bytes.AsSpan((int)from, (int)(range.To!.Value - from + 1)).ToArray();
        var content = new ByteArrayContent(await Bend(from, bytes, cancellationToken));
        content.Headers.ContentRange = new ContentRangeHeaderValue(from, range.To.Value);
        return new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = content };
    }

    private static HttpResponseMessage Json(string text) => new() { Content = new StringContent(text) };
}
