using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts together what watches the fleet's devices, and what looks after this one's cache.</summary>
public static class CacheComposition
{
    /// <summary>Needs the fleet's log, the store and the torrent client.</summary>
    public static IServiceCollection AddProbesAndCache(this IServiceCollection services)
    {
        services.AddSingleton<ProbeTracks>();
        services.AddSingleton<DeviceDoor>();
        services.AddSingleton<DeviceEar>();
        services.AddSingleton<OwnHealth>();
        services.AddSingleton<ProbeRound>();
        services.AddHostedService<ProbeLoop>();
        services.AddSingleton<CacheUses>();
        services.AddSingleton<Plays>();
        services.AddSingleton<CacheReading>();
        services.AddSingleton<CacheShelf>();
        services.AddSingleton(s => new CacheBook(
            s.GetRequiredService<Database>(), s.GetRequiredService<FleetBook>(), s.GetRequiredService<FleetDesk>(),
            s.GetRequiredService<Volumes>(), s.GetRequiredService<CopyDesk>(), s.GetRequiredService<CacheReading>(),
            s.GetRequiredService<CacheShelf>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CacheWork>();
        services.AddSingleton<CacheDesk>();
        services.AddHostedService<CacheLoop>();
        return services;
    }
}
