using Anarchive.Fleet;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts together what drives a fleet: its plan, and this device's part of it.</summary>
public static class TickComposition
{
    /// <summary>Needs the fleet's log; before the store, which asks the breaker.</summary>
    public static IServiceCollection AddTick(this IServiceCollection services)
    {
        services.AddSingleton<MayLetGo>(s => (gone, held) =>
            !s.GetRequiredService<ReleaseBook>().Breaker.IsOpen && gone <= Breaker.LimitOf(held));
        services.AddSingleton<CopyOrders>();
        services.AddSingleton<Challenges>();
        services.AddHostedService<FleetLoop>();
        return services;
    }
}
