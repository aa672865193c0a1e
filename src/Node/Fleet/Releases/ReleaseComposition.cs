using Anarchive.Fleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anarchive.Node;

/// <summary>Puts together what lets this device's copies go.</summary>
public static class ReleaseComposition
{
    /// <summary>Needs the fleet's log and the store; <see cref="LockEndpoints.MapLocks"/> adds a route.</summary>
    public static IServiceCollection AddReleases(this IServiceCollection services)
    {
        services.TryAddSingleton(ReleaseTimes.Default);
        services.AddSingleton<ReleaseBook>();
        services.AddSingleton<OwnCopy>();
        services.AddSingleton<LockDesk>();
        services.AddSingleton<ReleaseViews>();
        services.AddSingleton<ReleaseRun>();
        services.AddSingleton<LossWatch>();
        services.AddSingleton<ReleaseLoop>();
        services.AddHostedService(s => s.GetRequiredService<ReleaseLoop>());
        services.AddSingleton<ReleaseDesk>();
        services.AddSingleton<ReleaseOrders>();
        return services;
    }
}
