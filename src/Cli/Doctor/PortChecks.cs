using System.Net;
using System.Net.Sockets;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary>Whether the addresses a node is to listen on are free, or its own already.</summary>
internal static class PortChecks
{
    public static IEnumerable<Finding> All(NodeOptions options, bool isRunning)
    {
        yield return Check("pages' port", "listen", options.Listen, isRunning);
        if (options.PeerListen is { } peers) yield return Check("peers' port", "peers.listen", peers, isRunning);
        else
            yield return Finding.Ok(
                "peers' port", "none: only nodes on this machine can call; config set peers.listen changes that");
    }

    private static Finding Check(string check, string setting, string address, bool isRunning)
    {
        var url = new Uri(address);
        var ip = IPAddress.TryParse(url.Host.Trim('[', ']'), out var named) ? named : IPAddress.Loopback;
        if (url.Port == 0) return Finding.Ok(check, "any free one");
        try
        {
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ip, url.Port));
            return isRunning
                ? Finding.Advice(
                    check, $"{url.Authority} is free, so the running node listens elsewhere.",
                    "Restart the node if the settings were changed since its start.")
                : Finding.Ok(check, $"{url.Authority} is free");
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return isRunning
                ? Finding.Ok(check, $"{url.Authority} is in use, and this node runs")
                : Finding.Problem(
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
