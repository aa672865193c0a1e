using System.Net;
using System.Net.Sockets;

namespace Anarchive.Node;

/// <summary>Connections to this machine's own torrent client, made as another client would.</summary>
/// <remarks>
/// <para>
/// Each caller has a source address of its own, 127.0.0.2 to 127.0.0.254, for Transmission keeps one connection per
/// torrent and address. Binding to one that no interface was given works on Linux.
/// </para>
/// <para>
/// Transmission refuses an address for half a second after its last connection has ended, so one that was refused is
/// made again, and what the client can do is asked once in a while only.
/// </para>
/// </remarks>
public sealed class ClientWire(TimeProvider time)
{
    private const int FirstHost = 2;
    private const int LastHost = 253;

    // To look what the client can do, without being taken for a caller.
    private const int ProbingHost = 254;

    private const int TriesMax = 4;

    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Host, int Uses)> _hosts = [];
    private (int Port, byte[] Reserved, long At)? _known;

    /// <summary>The client's reserved bits; null where it does not answer for that torrent, which it has.</summary>
    public async Task<byte[]?> ReservedAsync(int port, Hash160 ih, CancellationToken cancellation)
    {
        lock (_gate)
            if (_known is { } known && known.Port == port && time.GetElapsedTime(known.At) < KnownFor)
                return known.Reserved;
        var none = new byte[WireHandshake.ReservedBytes];
        var (stream, reserved) = await ConnectAsync(port, ProbingHost, none, ih, cancellation);
        if (stream is null || reserved is null) return null;
        await stream.DisposeAsync();
        lock (_gate) _known = (port, reserved, time.GetTimestamp());
        return reserved;
    }

    /// <summary>A connection behind its handshake; null where the client does not answer for that torrent.</summary>
    public async Task<NetworkStream?> OpenAsync(
        int port, string caller, byte[] reserved, Hash160 ih, CancellationToken cancellation)
    {
        int host;
        lock (_gate) host = _hosts.TryGetValue(caller, out var held) ? held.Host : 0;
        if (host == 0) throw new InvalidOperationException("No address is held for this caller.");
        return (await ConnectAsync(port, host, reserved, ih, cancellation)).Stream;
    }

    /// <summary>Keeps an address for a friend or peer until it is disposed; null where all are in use.</summary>
    public IDisposable? Hold(string caller)
    {
        lock (_gate)
        {
            var (host, uses) = _hosts.GetValueOrDefault(caller);
            if (host == 0)
            {
                var taken = _hosts.Values.Select(h => h.Host).ToHashSet();
                host = Enumerable.Range(FirstHost, LastHost - FirstHost + 1).FirstOrDefault(h => !taken.Contains(h));
                if (host == 0) return null;
            }

            _hosts[caller] = (host, uses + 1);
            return new Held(this, caller);
        }
    }

    private async Task<(NetworkStream? Stream, byte[]? Reserved)> ConnectAsync(
        int port, int host, byte[] reserved, Hash160 ih, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var made = await TryConnectAsync(port, host, reserved, ih, cancellation);
            if (made.Stream is not null || tries == TriesMax) return made;
            await Task.Delay(TryAgainAfter, time, cancellation);
        }
    }

    private static async Task<(NetworkStream? Stream, byte[]? Reserved)> TryConnectAsync(
        int port, int host, byte[] reserved, Hash160 ih, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswersWithin);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NetworkStream? open = null;
        try
        {
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)host]), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), patience.Token);
            var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(WireHandshake.Write(reserved, ih), patience.Token);
            var reply = new byte[WireHandshake.Bytes];
            await stream.ReadExactlyAsync(reply, patience.Token);
            if (WireHandshake.TryRead(reply, ih) is not { } theirs) return (null, null);
            open = stream;
            return (stream, theirs);
        }
        catch (Exception broken) when (broken is SocketException or IOException)
        {
            return (null, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, null);
        }
        finally
        {
            if (open is null) socket.Dispose();
        }
    }

    private void Release(string caller)
    {
        lock (_gate)
        {
            var (host, uses) = _hosts[caller];
            if (uses == 1) _hosts.Remove(caller);
            else _hosts[caller] = (host, uses - 1);
        }
    }

    private sealed class Held(ClientWire wire, string caller) : IDisposable
    {
        private bool _isReleased;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isReleased, true)) wire.Release(caller);
        }
    }
}
