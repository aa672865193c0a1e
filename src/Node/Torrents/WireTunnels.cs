using System.Net.Sockets;
using System.Net.WebSockets;
using Anarchive.Log;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Whether a peer may be joined to this node's client for a torrent that is no file of the shelf.</summary>
/// <remarks>Asked anew for each tunnel; what is registered last decides.</remarks>
public delegate bool MayJoinTorrent(NodeId peer, Hash160 ih);

/// <summary>Joins the torrent clients of two nodes that know nothing of each other.</summary>
/// <remarks>
/// <para>
/// Each node connects to its own client, says a handshake as any peer would, swallows the answer, and passes on what
/// follows over one WebSocket between the nodes, which is authenticated as every request between them. Both clients
/// take the other for a peer on 127.0.0.N that called them.
/// </para>
/// <para>
/// Before its client hears a handshake, each node tells the other in the socket's first message what its client can do
/// (the eight reserved bytes), so that neither is promised what the other cannot.
/// </para>
/// </remarks>
public sealed class WireTunnels(
    PeerClient client, BlobServing serving, MayJoinTorrent mayJoin, BlobQuotas quotas, TorrentHost host,
    ClientWire wire, TimeProvider time, ILogger<WireTunnels> log)
{
    private const int BufferBytes = 64 * 1024;

    // Clients say that they are there every two minutes.
    private static readonly TimeSpan SilentMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AgreesWithin = TimeSpan.FromSeconds(20);

    /// <summary><c>WS …/wire/{ih}</c>. Without a client that has it, the torrent is as good as unknown.</summary>
    public async Task AcceptAsync(HttpContext context, NodeId peer)
    {
        if (!context.WebSockets.IsWebSocketRequest || Named(context, peer) is not { } ih)
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        using var place = quotas.EnterTunnel(peer);
        if (place is null)
        {
            await SyncAnswer.ThrottleAsync(context, 1);
            return;
        }

        if (await ReadyAsync(ih, context.RequestAborted) is not var (port, ours))
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await JoinAsync(socket, peer, ih, port, ours, context.RequestAborted);
    }

    /// <summary>Opens a tunnel for a torrent that this node's client has; returns when it has ended.</summary>
    /// <returns>False where this node's client, or that node, has not got the torrent.</returns>
    /// <exception cref="PeerException">That node cannot be asked now, or refuses.</exception>
    public async Task<bool> RunAsync(NodeId peer, Hash160 ih, CancellationToken cancellation)
    {
        if (await ReadyAsync(ih, cancellation) is not var (port, ours)) return false;
        using var socket = await client.WireAsync(peer, ih, cancellation);
        return await JoinAsync(socket, peer, ih, port, ours, cancellation);
    }

    /// <summary>The torrent that a request names, where that peer may have it.</summary>
    private Hash160? Named(HttpContext context, NodeId peer) =>
        serving.Named(context, peer) is { } file ? file.InfoHash
        : Hash160.TryParse(context.Request.RouteValues["ih"] as string, out var ih) && mayJoin(peer, ih) ? ih
        : null;

    /// <summary>Where this node's client is called, and what it can do; null where it lacks that torrent.</summary>
    private async Task<(int Port, byte[] Reserved)?> ReadyAsync(Hash160 ih, CancellationToken cancellation) =>
        await host.HasAsync(ih, cancellation)
        && await host.PeerPortAsync(cancellation) is { } port
        && await wire.ReservedAsync(port, ih, cancellation) is { } reserved
            ? (port, reserved)
            : null;

    private async Task<bool> JoinAsync(
        WebSocket socket, NodeId peer, Hash160 ih, int port, byte[] ours, CancellationToken cancellation)
    {
        using var held = wire.Hold(peer.ToString());
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            if (held is null || await AgreeAsync(socket, ours, ended.Token) is not { } theirs) return false;
            var reserved = WireHandshake.Common(ours, theirs);
            await using var stream = await wire.OpenAsync(port, peer.ToString(), reserved, ih, ended.Token);
            if (stream is null) return false;
            NodeLog.TunnelOpened(log, peer);
            await Task.WhenAll(
                UntilEndAsync(() => OutAsync(stream, socket, peer, ended.Token), ended),
                UntilEndAsync(() => InAsync(socket, stream, ended), ended));
            return true;
        }
        finally
        {
            socket.Abort();
        }
    }

    /// <summary>What the other client can do; null where the other node does not say so in time.</summary>
    private static async Task<byte[]?> AgreeAsync(WebSocket socket, byte[] ours, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AgreesWithin);
        try
        {
            await socket.SendAsync(ours, WebSocketMessageType.Binary, endOfMessage: true, patience.Token);
            var theirs = new byte[WireHandshake.ReservedBytes + 1];
            var said = await socket.ReceiveAsync(theirs.AsMemory(), patience.Token);
            return said is { MessageType: WebSocketMessageType.Binary, EndOfMessage: true }
                && said.Count == WireHandshake.ReservedBytes
                ? theirs[..WireHandshake.ReservedBytes]
                : null;
        }
        catch (WebSocketException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Where one way ends, so does the other.</summary>
    private static async Task UntilEndAsync(Func<Task> way, CancellationTokenSource ended)
    {
        try
        {
            await way();
        }
        catch (Exception broken) when (
            broken is WebSocketException or IOException or SocketException or OperationCanceledException)
        {
            // A client left, or the other node did.
        }

        await ended.CancelAsync();
    }

    private async Task OutAsync(NetworkStream from, WebSocket to, NodeId peer, CancellationToken cancellation)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var read = await from.ReadAsync(buffer, cancellation);
            if (read == 0) return;
            while (quotas.TakeBytes(peer, read) is { } seconds)
                await Task.Delay(TimeSpan.FromSeconds(seconds), time, cancellation);
            await to.SendAsync(
                buffer.AsMemory(0, read), WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        }
    }

    private static async Task InAsync(WebSocket from, NetworkStream to, CancellationTokenSource ended)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            ended.CancelAfter(SilentMax);
            var said = await from.ReceiveAsync(buffer.AsMemory(), ended.Token);
            if (said.MessageType != WebSocketMessageType.Binary) return;
            await to.WriteAsync(buffer.AsMemory(0, said.Count), ended.Token);
        }
    }
}
