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

    private static string Fill(string pattern) => "/" + Parameter().Replace(pattern, "x").TrimStart('/');

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
