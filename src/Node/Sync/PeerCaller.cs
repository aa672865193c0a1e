using System.Net;
using Anarchive.Log;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>How a request of the sync protocol reached this node.</summary>
/// <param name="IsAllowed">False for plain HTTP that neither this machine nor a configured proxy sent.</param>
/// <param name="IsEncrypted">The connection ends here, and both sides show their certificates.</param>
/// <param name="IsProxied">A reverse proxy passes requests on: each has to be signed.</param>
/// <param name="Certificate">The key of the caller's certificate; zeros without encryption.</param>
/// <param name="Address">Where the caller is; null behind a proxy.</param>
public readonly record struct PeerCaller(
    bool IsAllowed, bool IsEncrypted, bool IsProxied, Hash256 Certificate, IPAddress? Address)
{
    private const string PeersOnly = "anarchive.peers";

    /// <summary>What a token is bound to that is given to this caller; it serves no other way.</summary>
    public Hash256 Binding => IsProxied ? TokenHolder.Proxied : Certificate;

    /// <summary>Marks the connections of a listener as peers'.</summary>
    public static ConnectionDelegate Mark(ConnectionDelegate next) => connection =>
    {
        connection.Items[PeersOnly] = true;
        return next(connection);
    };

    /// <summary>True where the request came by the peers' listener, which serves nothing else.</summary>
    public static bool IsPeers(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(PeersOnly) == true;

    public static PeerCaller Of(HttpContext context, NodeOptions options)
    {
        var from = context.Connection.RemoteIpAddress is { } remote
            ? remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote
            : IPAddress.None;
        if (context.Request.IsHttps)
            return new PeerCaller(
                IsPeers(context),
                IsEncrypted: true,
                IsProxied: false,
                context.Connection.ClientCertificate is { } shown ? NodeCertificate.HashOf(shown) : default,
                from);
        return IsPeers(context)
            ? new PeerCaller(IsProxy(from, options), IsEncrypted: false, IsProxied: true, default, null)
            : new PeerCaller(IPAddress.IsLoopback(from), IsEncrypted: false, IsProxied: false, default, from);
    }

    private static bool IsProxy(IPAddress from, NodeOptions options) =>
        options.TrustedProxies.Count == 0
            ? IPAddress.IsLoopback(from)
            : options.TrustedProxies.Any(p => IPAddress.TryParse(p, out var proxy) && proxy.Equals(from));
}
