using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Anarchive.Tests.Integration;

/// <summary>Stands between two nodes: accepts connections on this machine and has each served until it ends.</summary>
internal sealed class Intermediary : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly Func<TcpClient, CancellationToken, Task> _serve;
    private readonly Task _running;

    /// <param name="serve">It may end with what a connection ends with when one of the two goes away.</param>
    public Intermediary(Func<TcpClient, CancellationToken, Task> serve, int port = 0)
    {
        _serve = serve;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _running = AcceptAsync();
    }

    public delegate void Look(Span<byte> passed);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Passes on what comes from either side, and shows it, until one of them ends.</summary>
    public static Task PassAsync(
        Stream near, Stream far, Look fromNear, Look fromFar, CancellationToken cancellation) =>
        Task.WhenAny(OneWayAsync(near, far, fromNear, cancellation), OneWayAsync(far, near, fromFar, cancellation));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception ended) when (
            ended is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopping.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient caller)
    {
        using (caller)
        {
            try
            {
                await _serve(caller, _stop.Token);
            }
            catch (Exception ended) when (
                ended is IOException or SocketException or OperationCanceledException or AuthenticationException)
            {
                // One of the two went away.
            }
        }
    }

    private static async Task OneWayAsync(Stream from, Stream to, Look look, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            look(buffer.AsSpan(0, read));
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }
}
