using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts Fleet together: the log of this owner's devices, and what it says.</summary>
public static class FleetComposition
{
    /// <summary>Needs pairing, which knows the fleet's group.</summary>
    public static IServiceCollection AddFleet(this IServiceCollection services)
    {
        services.AddSingleton<IProjection>(s => new FleetProjection(
            s.GetRequiredService<Database>(), s.GetRequiredService<SqliteEventStore>()));
        services.AddSingleton<FleetDigests>();
        services.AddSingleton<FleetBook>();
        services.AddSingleton<FleetDesk>();
        services.AddSingleton<WireGuardDesk>();
        services.AddSingleton<PlanSight>();
        services.AddSingleton<FleetHalts>();
        services.AddSingleton<FleetQueries>();
        services.AddSingleton<FleetActs>();
        services.AddSingleton<DeviceHives>();
        services.AddSingleton<DeviceParting>();
        return services;
    }
}
