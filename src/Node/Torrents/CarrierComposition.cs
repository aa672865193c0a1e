using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anarchive.Node;

/// <summary>Puts together what carries files.</summary>
public static class CarrierComposition
{
    /// <summary>Needs sync; <see cref="CarrierEndpoints.MapCarriers"/> adds routes.</summary>
    public static IServiceCollection AddCarriers(this IServiceCollection services)
    {
        // Nobody, until an application says who may have what.
        services.TryAddSingleton<MayReadBlob>((_, _) => false);
        services.TryAddSingleton<MayJoinTorrent>((_, _) => false);
        services.AddSingleton(s => new BlobShelf(s.GetRequiredService<DataDirectory>()));
        services.AddSingleton<SourceBans>();
        services.AddSingleton<RangeFetch>();
        services.AddSingleton<BlobQuotas>();
        services.AddSingleton<CarrierMeters>();
        services.AddSingleton<BlobServing>();
        services.TryAddSingleton<BlobSourcesOf>(_ => []);
        services.AddSingleton<LocalAddress>();
        services.AddSingleton<LocalTracker>();
        services.AddSingleton<WebSeedBridge>();
        services.AddSingleton<TorrentHost>();
        services.AddHostedService(s => s.GetRequiredService<TorrentHost>());
        services.AddSingleton<ClientWire>();
        services.AddSingleton<WireTunnels>();
        return services;
    }
}
