using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anarchive.Node;

/// <summary>Everything a node is, less its pages: storage, engine, applications, peers.</summary>
public static class NodeHost
{
    public static IServiceCollection AddNode(this IServiceCollection services, NodeOptions options)
    {
        services.TryAddSingleton(SystemTime.Instance);
        return services
            .AddSingleton(options)
            .AddSingleton<NodeName>()
            .AddObservability(options)
            .AddStorage()
            .AddHives()
            .AddAccess()
            .AddEngine()
            .AddSync()
            .AddPairing()
            .AddParts()
            .AddFleet()
            .AddMirrors()
            .AddHub()
            .AddCarriers()
            .AddStreaming()
            .AddSwarms()
            .AddReaper()
            .AddTick()
            .AddStore()
            .AddProbesAndCache()
            .AddReleases()
            .AddFriends()
            .AddLibrary()
            .AddAlerts(options);
    }
}
