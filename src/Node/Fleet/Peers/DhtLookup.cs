using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Anarchive.Node;

/// <summary>Asks the DHT of BitTorrent for a torrent's peers; it neither answers nor announces there.</summary>
/// <remarks>Who may be asked for is decided before; see <see cref="Anarchive.Fleet.Gates.MayWalk"/>.</remarks>
public sealed class DhtLookup(NodeOptions options)
{
    /// <summary>Version 1 names, which the DHT goes by; of version 2 it takes the first 20 bytes (BEP 52).</summary>
    private const int TargetDigits = 40;

    private const int AtOnce = 8;
    private const int DatagramBytesMax = 2048;

    /// <summary>How long those that were asked together have to answer.</summary>
    internal TimeSpan AnswerFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Addresses of peers; null where nobody in the DHT answered, so that nothing is known.</summary>
    public async Task<IReadOnlyList<string>?> WalkAsync(string infoHash, CancellationToken cancellation)
    {
        var first = options.DhtNodes.Select(IPEndPoint.Parse).ToList();
        if (first.Count == 0) return null;
        var search = new DhtSearch(
            Convert.FromHexString(infoHash[..TargetDigits]), RandomNumberGenerator.GetBytes(20), first);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        while (search.Next(AtOnce) is { Count: > 0 } asked) await AskAsync(socket, search, asked, cancellation);
        return search.IsAnswered ? [.. search.Peers.Select(p => p.ToString())] : null;
    }

    private async Task AskAsync(
        Socket socket, DhtSearch search, IReadOnlyList<IPEndPoint> asked, CancellationToken cancellation)
    {
        var waiting = asked.ToHashSet();
        foreach (var node in asked)
        {
            try
            {
                await socket.SendToAsync(search.QueryTo(node), node, cancellation);
            }
            catch (SocketException)
            {
                // No way there, or nobody: it stays silent.
            }
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerFor);
        var buffer = new byte[DatagramBytesMax];
        try
        {
            while (waiting.Count > 0)
            {
                if (await ReceiveAsync(socket, buffer, limit.Token) is not { } got) continue;
                var from = (IPEndPoint)got.RemoteEndPoint;
                if (search.Take(from, buffer.AsMemory(0, got.ReceivedBytes))) waiting.Remove(from);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The rest is too slow.
        }

        search.Fail(waiting);
    }

    /// <summary>Null where the machine of one that was asked says that nobody listens there.</summary>
    private static async Task<SocketReceiveFromResult?> ReceiveAsync(
        Socket socket, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellation);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
