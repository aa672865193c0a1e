using System.Net;
using System.Net.Sockets;

namespace Anarchive.Node;

/// <summary>Who named an address, which decides where a connection to it may go.</summary>
public enum DialScope
{
    /// <summary>Somebody else did: global unicast addresses only.</summary>
    Learned,

    /// <summary>A peer on this machine did, which shares nothing with others: loopback only.</summary>
    ThisMachine,

    /// <summary>The owner typed it: anywhere.</summary>
    Typed,
}

/// <summary>Decides where a connection to a peer may go: plain HTTP to this machine only.</summary>
internal static class DialGuard
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>: dials exactly the judged address.</summary>
    /// <exception cref="HttpRequestException">The address is not loopback, or nobody listens there.</exception>
    public static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var target = context.DnsEndPoint;
        var address = Judge(target.Host)
            ?? throw new HttpRequestException("Plain HTTP may only go to this machine.");
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, target.Port), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The loopback address a host stands for; null for every other. Names are not resolved, and mapped or shortened
    /// spellings are refused: <see cref="Log.Endpoint"/> accepts canonical ones only.
    /// </summary>
    public static IPAddress? Judge(string host)
    {
        if (host == "localhost") return IPAddress.Loopback;
        if (!IPAddress.TryParse(host, out var address)) return null;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return address.GetAddressBytes()[0] == 127 && address.ToString() == host ? address : null;
        return address.Equals(IPAddress.IPv6Loopback) ? address : null;
    }
}
