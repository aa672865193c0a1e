using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace Anarchive.Tests.Integration;

/// <summary>Every route that a node has, with its parameters filled in.</summary>
internal static partial class Routes
{
    public static IReadOnlyList<(string Method, string Path)> Of(LiveNode node) =>
    [
        .. node.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(
            route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"],
            (route, method) => (method, Fill(route.RoutePattern.RawText ?? ""))).Distinct(),
    ];

    /// <summary>Those of the peers' listener, with each parameter filled in by what it is called.</summary>
    public static IReadOnlyList<(string Method, string Path)> OfPeers(LiveNode node, Func<string, string> fill) =>
    [
        .. node.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => IsForPeers(route.RoutePattern.RawText ?? ""))
            .SelectMany(
                route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"],
                (route, method) => (
                    method,
                    Parameter().Replace(route.RoutePattern.RawText!, found => fill(found.Value.Trim('{', '}', '*')))))
            .Distinct(),
    ];

    private static bool IsForPeers(string pattern) =>
        pattern.StartsWith("/sync/v1", StringComparison.Ordinal)
        || pattern.StartsWith("/net/v1", StringComparison.Ordinal);

    private static string Fill(string pattern) => "/" + Parameter().Replace(pattern, "x").TrimStart('/');

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
