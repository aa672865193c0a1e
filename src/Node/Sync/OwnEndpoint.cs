using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Anarchive.Log;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Anarchive.Node;

/// <summary>Where this node can be reached, as it tells peers: configured, or where it listens.</summary>
public sealed class OwnEndpoint(NodeOptions options, IServer? server = null)
{
    /// <summary>Nobody could come by an invite.</summary>
    internal static Problem Nowhere { get; } = new(
        "not_listening", 409,
        "This node has no address that another could reach: name one with --public-endpoint.");

    /// <summary>Null before the server listens, or where only addresses are known that peers may not be told.</summary>
    public Endpoint? Current
    {
        get
        {
            if (options.PublicEndpoint is { } configured) return Endpoint.TryParse(configured);
            // The pages' address comes first, then the peers'.
            var listening = server?.Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [];
            if (options.PeerListen is null)
                return listening.Select(Canonical).FirstOrDefault(e => e is { IsLoopback: true });
            // Without TLS it is a proxy's way in, and peers who took it would be refused: the proxy's address is named.
            return listening.Count > 1 && Canonical(listening[1]) is { IsEncrypted: true } own ? own : null;
        }
    }

    /// <summary>What to tell the node at an endpoint; null where it could not call this one.</summary>
    public Endpoint? For(Endpoint other) =>
        Current is { } mine && (mine.IsEncrypted || !other.IsEncrypted) ? mine : null;

    private static Endpoint? Canonical(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return null;
        var host = uri.Host;
        if (IPAddress.TryParse(host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            if (Outward() is not { } own) return null;
            host = own.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{own}]" : own.ToString();
        }

        return Endpoint.TryParse(string.Create(CultureInfo.InvariantCulture, $"{uri.Scheme}://{host}:{uri.Port}"));
    }

    /// <summary>
    /// The address by which this machine goes out, IPv4 first. Whoever stands behind a router that translates
    /// addresses names the router's as public endpoint.
    /// </summary>
    private static IPAddress? Outward() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus == OperationalStatus.Up)
        .Select(i => i.GetIPProperties())
        .OrderByDescending(p => p.GatewayAddresses.Count)
        .SelectMany(p => p.UnicastAddresses.Select(a => a.Address))
        .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
        .OrderBy(a => a.AddressFamily != AddressFamily.InterNetwork)
        .FirstOrDefault();
}
