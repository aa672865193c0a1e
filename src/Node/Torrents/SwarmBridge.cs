using System.Net;
using System.Net.Sockets;

namespace Anarchive.Node;

/// <summary>
/// Joins this machine's torrent client to a peer elsewhere, as if that peer had called it: no client has to be told of
/// it, and none keeps its address. For torrents that are known to be public.
/// </summary>
public sealed class SwarmBridge(TorrentHost host, ClientWire wire, DialGuard guard)
{
    // Of the sixth reserved byte: extension messages (BEP 10), by which a description comes; of the last one the Fast
    // extension (BEP 6).
    private const int ExtensionsAt = 5;
    private const byte Extensions = 0x10;
    private const byte Fast = 0x04;

    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(20);

    /// <summary>Returns when either has left, or at once where one lacks the torrent or does not answer.</summary>
    /// <param name="scope">Who named the peer.</param>
    /// <param name="caller">Whose peer it is: the client sees one address for each.</param>
    public async Task RunAsync(
        DialScope scope, string caller, IPEndPoint peer, Hash160 ih, CancellationToken cancellation)
    {
        try
        {
            if (await host.PeerPortAsync(cancellation) is not { } port
                || await wire.ReservedAsync(port, ih, cancellation) is not { } ours)
                return;
            using var held = wire.Hold(caller);
            if (held is null) return;
            await using var there = await ConnectAsync(scope, peer, cancellation);
            if (there is null) return;
            if (await GreetAsync(there, Common(ours, ours), ih, cancellation) is not { } theirs) return;
            await using var here = await wire.OpenAsync(port, caller, Common(ours, theirs), ih, cancellation);
            if (here is not null) await JoinAsync(here, there, cancellation);
        }
        catch (Exception left) when (left is IOException or SocketException or DialRefusedException)
        {
            // It is tried again.
        }
    }

    private static byte[] Common(byte[] ours, byte[] theirs)
    {
        var common = new byte[WireHandshake.ReservedBytes];
        common[ExtensionsAt] = (byte)(ours[ExtensionsAt] & theirs[ExtensionsAt] & Extensions);
        common[^1] = (byte)(ours[^1] & theirs[^1] & Fast);
        return common;
    }

    /// <summary>Null where nobody takes it in time: one address alone is dialled as long as the system does.</summary>
    private async Task<Stream?> ConnectAsync(DialScope scope, IPEndPoint peer, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswersWithin);
        try
        {
            return await guard.ConnectAsync(
                scope, new DnsEndPoint(peer.Address.ToString(), peer.Port), patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<byte[]?> GreetAsync(
        Stream there, byte[] reserved, Hash160 ih, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswersWithin);
        try
        {
            await there.WriteAsync(WireHandshake.Write(reserved, ih), patience.Token);
            var reply = new byte[WireHandshake.Bytes];
            await there.ReadExactlyAsync(reply, patience.Token);
            return WireHandshake.TryRead(reply, ih);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Where one way ends, so does the other.</summary>
    private static async Task JoinAsync(Stream here, Stream there, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAll(WayAsync(here, there, ended), WayAsync(there, here, ended));
    }

    private static async Task WayAsync(Stream from, Stream to, CancellationTokenSource ended)
    {
        try
        {
            await from.CopyToAsync(to, ended.Token);
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // One of them left.
        }

        await ended.CancelAsync();
    }
}
