using System.Net;
using System.Net.Sockets;
using Anarchive.Node;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;
using IPNetwork = System.Net.IPNetwork;

namespace Anarchive.Web;

/// <summary>
/// The reverse proxies that this node was told of. Their word about the caller's address, scheme and host is believed,
/// nobody else's is; and whatever came by a proxy, named or not, did not come from this machine.
/// </summary>
internal sealed class Proxies(NodeOptions options)
{
    /// <summary>What proxies say by themselves, or are commonly told to say.</summary>
    private static readonly string[] Headers =
    [
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Server", "X-Real-IP", "Forwarded",
        "Via",
    ];

    private readonly IPNetwork[] _named = [.. options.PageProxies.Select(Network)];

    public void Use(IApplicationBuilder app)
    {
        app.Use(NoteAsync);
        // The framework takes an empty list for everybody.
        if (_named.Length > 0) app.UseForwardedHeaders(Forwarded());
    }

    /// <summary>A named network, or one address as the network of nothing else.</summary>
    internal static IPNetwork Network(string named)
    {
        if (IPNetwork.TryParse(named, out var network)) return network;
        var address = AccessGuard.Plain(IPAddress.Parse(named));
        return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    private Task NoteAsync(HttpContext context, RequestDelegate next)
    {
        // Before the framework takes the headers out that it has read.
        context.Items[typeof(Passage)] = PassageOf(context);
        return next(context);
    }

    private Passage PassageOf(HttpContext context)
    {
        var isNamed = context.Connection.RemoteIpAddress is { } from
            && _named.Any(n => n.Contains(AccessGuard.Plain(from)));
        var speaks = Headers.Any(name => !StringValues.IsNullOrEmpty(context.Request.Headers[name]));
        return (speaks, isNamed) switch
        {
            (true, true) => Passage.ByNamedProxy,
            (true, false) => Passage.ByUnnamedProxy,
            (false, true) => Passage.FromProxysAddress,
            _ => Passage.Direct,
        };
    }

    private ForwardedHeadersOptions Forwarded()
    {
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
                | ForwardedHeaders.XForwardedHost,
            // A proxy behind a proxy: it reads on for as long as what passed a request on is named.
            ForwardLimit = null,
        };
        // The framework names loopback; only the owner does here.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in _named) forwarded.KnownIPNetworks.Add(network);
        return forwarded;
    }
}

/// <summary>How a request of the pages' listener got here, as far as it shows.</summary>
internal enum Passage
{
    Direct,

    /// <summary>From where a named proxy is: a program beside it, or a proxy that was set up to say nothing.</summary>
    FromProxysAddress,

    ByNamedProxy,

    /// <summary>It carries the headers of a proxy that this node was not told of.</summary>
    ByUnnamedProxy,
}

internal static class Passages
{
    public static Passage Of(HttpContext context) =>
        context.Items[typeof(Passage)] is Passage passage ? passage : Passage.Direct;

    /// <summary>True where some proxy passed it on, so that the connection says nothing of the caller.</summary>
    public static bool IsProxied(HttpContext context) =>
        Of(context) is Passage.ByNamedProxy or Passage.ByUnnamedProxy;
}
