using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>A node that serves one file over no wire at all, and in whatever wrong way a test wants.</summary>
internal sealed class BentSource : HttpMessageHandler
{
    /// <summary>How long it says to wait where it refuses.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly Content _content;
    private readonly PeerHttp _http;

    public BentSource(Content content, byte id)
    {
        (_content, Have) = (content, PieceSet.Whole(content.Metainfo.PieceCount));
        Node = new NodeId(Hash256.Sha256([id]));
        _http = new PeerHttp(this);
    }

    public NodeId Node { get; }

    /// <summary>Which pieces it says it has.</summary>
    public PieceSet Have { get; set; }

    /// <summary>What becomes of a piece: given back as it is, changed, or waited for.</summary>
    public Func<int, byte[], CancellationToken, Task<byte[]>> Bend { get; set; } =
        (_, bytes, _) => Task.FromResult(bytes);

    /// <summary>The status of an answer; other than 200 it stands for the answer.</summary>
    public Func<int, HttpStatusCode> Status { get; set; } = _ => HttpStatusCode.PartialContent;

    /// <summary>Pieces it was asked for, in order.</summary>
    public ConcurrentQueue<int> Asked { get; } = new();

    /// <summary>How often it was asked which pieces it has.</summary>
    public int HaveAsked => Volatile.Read(ref _haveAsked);

    /// <summary>Most requests it had under way at once.</summary>
    public int AtOnce { get; private set; }

    private int _haveAsked;
    private int _underWay;

    public BlobSource Source => new(Node, () => new BlobClient(_http, "http://source.invalid/net/v1", "token"));

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.EndsWith("/have", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _haveAsked);
            return new HttpResponseMessage { Content = new ByteArrayContent(Have.ToBytes()) };
        }

        var range = request.Headers.Range!.Ranges.Single();
        var piece = (int)(range.From!.Value / _content.Metainfo.PieceLength);
        Asked.Enqueue(piece);
        lock (_http) AtOnce = Math.Max(AtOnce, ++_underWay);
        try
        {
            if (Status(piece) is var status && status != HttpStatusCode.PartialContent)
                return new HttpResponseMessage(status)
                {
                    Content = new ByteArrayContent([]),
                    Headers = { RetryAfter = new RetryConditionHeaderValue(RetryAfter) },
                };
            var bytes = await Bend(piece, _content.Piece(piece).ToArray(), cancellationToken);
            var content = new ByteArrayContent(bytes);
            content.Headers.ContentRange = new ContentRangeHeaderValue(range.From.Value, range.To!.Value);
            return new HttpResponseMessage(status) { Content = content };
        }
        finally
        {
            lock (_http) _underWay--;
        }
    }
}
