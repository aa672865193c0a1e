using System.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>
/// Keeps other sites' pages out before routing: the Host header must be ours (DNS rebinding), and a browser's request
/// must come from our own pages (CSRF). Whom a page is shown to is <see cref="AccessGuard"/>'s affair.
/// </summary>
public sealed class HostGuard(NodeOptions options)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly HashSet<string> _hosts =
        new([.. Loopback, .. options.AllowedHosts], StringComparer.OrdinalIgnoreCase);

    /// <summary>True for what other nodes ask for.</summary>
    internal static bool IsPeers(PathString path) =>
        path.StartsWithSegments("/sync/v1", StringComparison.Ordinal)
        || path.StartsWithSegments(CarrierEndpoints.Path, StringComparison.Ordinal);

    // A page of another site has a name, never an address that leads here; so an address is as good as a name of ours.
    private readonly bool _isReachedByAddress = !IsLoopbackListen(options.Listen);

    /// <summary>True where other machines cannot reach the pages at all.</summary>
    public static bool IsLoopbackListen(string listen) =>
        Uri.TryCreate(listen, UriKind.Absolute, out var url) && url.IsLoopback;

    internal Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Peers reach their routes by whatever address their owner typed; every request there is authenticated.
        if (IsPeers(context.Request.Path))
            // Nodes of this machine alone are heard on this listener; those behind a proxy have one of their own.
            return Passages.IsProxied(context) ? SyncAnswer.NotFoundAsync(context) : next(context);
        var refused = Check(context);
        return refused is null ? next(context) : Problems.Answer(refused).ExecuteAsync(context);
    }

    internal Problem? Check(HttpContext context)
    {
        var request = context.Request;
        if (!_hosts.Contains(request.Host.Host) && !(_isReachedByAddress && IsAddress(request.Host.Host)))
            return new Problem(
                "host_not_allowed", 421,
                "This node does not answer to that host name. If it is one of yours, name it in allowed_hosts.");
        var unsafeMethod = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));
        // A socket's handshake is a GET, and no cross-origin rule of the browser stops it.
        var socket = request.Headers.Upgrade.Count > 0;
        if (!(unsafeMethod || socket) || SameOrigin(request)) return null;
        // Whether the page was one of ours shows only once what the proxy says of scheme and host is believed.
        return Passages.Of(context) == Passage.ByUnnamedProxy && !IsCrossSite(request)
            ? new Problem(
                "proxy_not_named", 403,
                "This request came by a proxy that this node was not told of. Name its address in trusted_proxies, "
                + "and start the node again.")
            : new Problem("foreign_origin", 403, Unsaid(context) switch
            {
                "X-Forwarded-Proto" => (Sentence)(
                    "Your proxy does not say that this page came by https: have it send X-Forwarded-Proto, as "
                    + "docs/deployment.md shows."),
                "X-Forwarded-Host" => (Sentence)(
                    "Your proxy does not say by which name this page was asked for: have it send X-Forwarded-Host, "
                    + "as docs/deployment.md shows."),
                _ => (Sentence)"This request came from another site's page.",
            });
    }

    /// <summary>Which header a named proxy leaves out, so that a page of ours looks foreign; null where none.</summary>
    private static string? Unsaid(HttpContext context)
    {
        var request = context.Request;
        if (Passages.Of(context) is not (Passage.ByNamedProxy or Passage.FromProxysAddress) || IsCrossSite(request)
            || request.Headers.Origin is not [{ } origin] || !Uri.TryCreate(origin, UriKind.Absolute, out var page))
            return null;
        // No other site's page has our name as its own.
        if (string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            && page.Scheme == Uri.UriSchemeHttps)
            return "X-Forwarded-Proto";
        return request.Headers["Sec-Fetch-Site"] is ["same-origin"] ? "X-Forwarded-Host" : null;
    }

    private static bool IsAddress(string host) => IPAddress.TryParse(host.Trim('[', ']'), out _);

    private static bool IsCrossSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"];

    /// <summary>Programs send no Origin and are told apart by their key; browsers always send one here.</summary>
    private static bool SameOrigin(HttpRequest request)
    {
        if (IsCrossSite(request)) return false;
        if (request.Headers.Origin.Count == 0) return true;
        return request.Headers.Origin is [var origin]
            && string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
