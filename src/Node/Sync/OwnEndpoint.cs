using Anarchive.Log;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Anarchive.Node;

/// <summary>Where this node can be reached, as it tells peers: configured, or where it listens.</summary>
public sealed class OwnEndpoint(NodeOptions options, IServer? server = null)
{
    /// <summary>Null before the server listens, or where only addresses are known that peers may not be told.</summary>
    public Endpoint? Current
    {
        get
        {
            if (options.PublicEndpoint is { } configured) return Endpoint.TryParse(configured);
            var listening = server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            return listening.Select(Canonical).FirstOrDefault(e => e is { IsLoopback: true });
        }
    }

    private static Endpoint? Canonical(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? Endpoint.TryParse($"{uri.Scheme}://{uri.Authority}")
            : null;
}
