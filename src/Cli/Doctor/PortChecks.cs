using System.Net;
using System.Net.Sockets;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary>Whether the addresses a node is to listen on are free; a running node tells its own.</summary>
internal static class PortChecks
{
    public const string Pages = "pages' port";
    public const string Peers = "peers' port";

    public static Finding None { get; } = Finding.Ok(
        Peers, "none: only nodes on this machine can call; config set peers.listen changes that");

    public static IEnumerable<Finding> All(NodeOptions options) =>
    [
        Check(Pages, "listen", options.Listen),
        options.PeerListen is { } peers ? Check(Peers, "peers.listen", peers) : None,
    ];

    private static Finding Check(string check, string setting, string address)
    {
        var url = new Uri(address);
        var ip = IPAddress.TryParse(url.Host.Trim('[', ']'), out var named) ? named : IPAddress.Loopback;
        if (url.Port == 0) return Finding.Ok(check, "any free one");
        try
        {
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ip, url.Port));
            return Finding.Ok(check, $"{url.Authority} is free");
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return Finding.Problem(
                check, $"Another program listens on {url.Authority}.",
                $"Stop it, or choose another port: anarchive config set {setting} URL");
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            return Finding.Problem(
                check, $"This user may not listen on {url.Authority}.", $"Choose a port above 1023 for {setting}.");
        }
        catch (SocketException)
        {
            return Finding.Problem(
                check, $"This machine has no address {url.Host}.", $"anarchive config set {setting} URL");
        }
    }
}
