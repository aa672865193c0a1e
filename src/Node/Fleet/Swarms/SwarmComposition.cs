using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts together what knows the files of this device's torrents, and what they are to the fleet.</summary>
public static class SwarmComposition
{
    /// <summary>Needs carriers and the fleet's log; before the store, which asks where torrents lie.</summary>
    public static IServiceCollection AddSwarms(this IServiceCollection services)
    {
        services.AddSingleton<ClientFiles>();
        services.AddSingleton<TorrentPlacesOn>(s => s.GetRequiredService<ClientFiles>().On);
        services.AddSingleton<TorrentItems>();
        services.AddSingleton<SwarmBridge>();
        services.AddSingleton<SwarmPull>();
        services.AddSingleton<FillNotes>();
        services.AddSingleton<FillPlace>();
        services.AddSingleton<TorrentFill>();
        return services;
    }
}
