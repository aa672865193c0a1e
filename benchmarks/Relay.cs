using System.Net;
using System.Net.Sockets;

namespace Anarchive.Benchmarks;

/// <summary>A cable to a node that can be cut: peers dial it, and it passes bytes on while it is whole.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Socket> _open = [];
    private readonly int _target;
    private readonly Task _accepting;
    private bool _isCut;

    /// <summary>Begins to pass connections on to a port of this machine.</summary>
    public Relay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Cut()
    {
        lock (_open)
        {
            _isCut = true;
            foreach (var socket in _open) socket.Dispose();
            _open.Clear();
        }
    }

    public void Mend()
    {
        lock (_open) _isCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                passing.RemoveAll(p => p.IsCompleted);
                passing.Add(PassAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(Socket caller)
    {
        using var node = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        caller.NoDelay = true;
        try
        {
            lock (_open)
            {
                if (_isCut) return;
                _open.Add(caller);
                _open.Add(node);
            }

            await node.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await Task.WhenAny(CopyAsync(caller, node), CopyAsync(node, caller));
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The node is down, or the cable was cut.
        }
        finally
        {
            lock (_open)
            {
                _open.Remove(caller);
                _open.Remove(node);
            }

            caller.Dispose();
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var read and > 0)
                await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side has ended; the other is closed for it.
        }
    }
}
