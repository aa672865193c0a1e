using System.Net.Sockets;
using System.Text;

namespace Anarchive.Benchmarks;

/// <summary>The socket of an open page (RFC 6455), with as little memory of its own as can be.</summary>
internal sealed class OpenView : IDisposable
{
    // What comes is counted and not kept.
    private static readonly byte[] Drain = new byte[64 * 1024];

    private readonly TcpClient _client = new();
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    /// <param name="live">The address of its socket, as the page says it.</param>
    public static async Task<OpenView> StartAsync(Uri node, string live, CancellationToken cancellation)
    {
        var view = new OpenView();
        await view._client.ConnectAsync(node.Host, node.Port, cancellation);
        var asked =
            $"GET {live} HTTP/1.1\r\nHost: {node.Authority}\r\nOrigin: {node.GetLeftPart(UriPartial.Authority)}\r\n"
            + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        await view._client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(asked), cancellation);
        _ = view.ReadAsync();
        return view;
    }

    public void Dispose() => _client.Dispose();

    private async Task ReadAsync()
    {
        try
        {
            var stream = _client.GetStream();
            while (await stream.ReadAsync(Drain.AsMemory(), CancellationToken.None) is var count and > 0)
                Interlocked.Add(ref _bytes, count);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // It was closed.
        }
    }
}
