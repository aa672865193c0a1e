using System.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>
/// Keeps strangers out before routing: the Host header must be ours (DNS rebinding), a browser's request must come
/// from our own pages (CSRF), and everything but the sync protocol is served to this machine only.
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

    internal Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Peers reach their routes by whatever address their owner typed; every request there is authenticated.
        if (IsPeers(context.Request.Path)) return next(context);
        var refused = Check(context);
        return refused is null ? next(context) : Problems.Answer(refused).ExecuteAsync(context);
    }

    internal Problem? Check(HttpContext context)
    {
        var request = context.Request;
        if (!_hosts.Contains(request.Host.Host))
            return new Problem("host_not_allowed", 421, "This node does not answer to that host name.");
        if (!IsHealth(request.Path) && context.Connection.RemoteIpAddress is { } from && !IsLoopback(from))
            return new Problem("loopback_only", 403, "Pages and API are served to this machine only.");
        var unsafeMethod = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));
        // A socket's handshake is a GET, and no cross-origin rule of the browser stops it.
        var socket = request.Headers.Upgrade.Count > 0;
        if ((unsafeMethod || socket) && !SameOrigin(request))
            return new Problem("foreign_origin", 403, "This request came from another site's page.");
        return null;
    }

    private static bool IsHealth(PathString path) => path == "/healthz" || path == "/readyz";

    private static bool IsLoopback(IPAddress from) =>
        IPAddress.IsLoopback(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from);

    /// <summary>Programs send no Origin and are told apart by their key; browsers always send one here.</summary>
    private static bool SameOrigin(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [var site] && site is "cross-site" or "same-site") return false;
        if (request.Headers.Origin.Count == 0) return true;
        return request.Headers.Origin is [var origin]
            && string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
