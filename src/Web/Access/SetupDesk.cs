using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Anarchive.Node;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Anarchive.Web;

/// <summary>Makes links for the first run, under each address that this node's pages are reached at.</summary>
public sealed class SetupDesk(SetupLinks links, NodeOptions options, IServer server)
{
    // A machine with many networks would fill the screen; one of the first is reached.
    private const int AddressesMax = 4;

    /// <summary>True where other machines could come in once there is an owner, and there is none.</summary>
    public static bool IsNeeded(NodeOptions options, AccessBook book) =>
        (!HostGuard.IsLoopbackListen(options.Listen) || options.PageProxies.Count > 0) && !book.HasOwner;

    /// <summary>Null where there is an owner already.</summary>
    public async Task<SetupLinkDto?> MakeAsync(CancellationToken cancellation) =>
        await links.MakeAsync(cancellation) is var (secret, link)
            ? new SetupLinkDto([.. Addresses().Select(at => $"{at}setup/{secret}")], link.ExpiresMs)
            : null;

    /// <summary>Behind a proxy, first the names that it is reached by: it ends TLS, or should.</summary>
    private IEnumerable<Uri> Addresses() => options.PageProxies.Count == 0
        ? Own()
        : options.AllowedHosts.Select(host => new UriBuilder(Uri.UriSchemeHttps, host).Uri).Concat(Own());

    private IEnumerable<Uri> Own()
    {
        // Port 0 became a real one when it began to listen.
        var served = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? options.Listen;
        var url = new Uri(served);
        if (!IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip) || !(ip.Equals(IPAddress.Any)
            || ip.Equals(IPAddress.IPv6Any)))
            return [url];
        var own = NetworkInterface.GetAllNetworkInterfaces()
            .Where(n => n.OperationalStatus == OperationalStatus.Up
                && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(n => n.GetIPProperties().UnicastAddresses).Select(a => a.Address)
            .Where(a => !a.IsIPv6LinkLocal && (a.AddressFamily == ip.AddressFamily
                || a.AddressFamily == AddressFamily.InterNetwork))
            .OrderBy(a => a.AddressFamily == AddressFamily.InterNetworkV6).Take(AddressesMax).ToList();
        if (own.Count == 0) own.Add(IPAddress.Loopback);
        return own.Select(a => new UriBuilder(url) { Host = a.ToString() }.Uri);
    }
}
