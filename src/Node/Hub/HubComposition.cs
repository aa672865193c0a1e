using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts the hub's area together: what a hub is, and what its clients do.</summary>
public static class HubComposition
{
    /// <summary>Needs sync; <see cref="HubEndpoints.MapHub"/> adds routes where this node is a hub.</summary>
    public static IServiceCollection AddHub(this IServiceCollection services)
    {
        services.AddSingleton<HubBook>();
        services.AddSingleton<HubDesk>();
        services.AddHostedService<HubWatch>();
        services.AddSingleton<HubLoop>();
        services.AddHostedService(s => s.GetRequiredService<HubLoop>());
        return services;
    }
}
