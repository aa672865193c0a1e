using Anarchive.Fleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anarchive.Node;

/// <summary>Puts together what knows the files of this device, and what copies items to it.</summary>
public static class StoreComposition
{
    /// <summary>Needs the fleet's log and carriers.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services)
    {
        services.AddSingleton<StoreTelling>();
        services.TryAddSingleton<GenKnown>(s => s.GetRequiredService<StoreTelling>().GenOf);
        services.TryAddSingleton<TellFleet>(s => s.GetRequiredService<StoreTelling>().TellAsync);
        services.TryAddSingleton<MayLetGo>((gone, held) => gone <= Breaker.LimitOf(held));
        services.TryAddSingleton<TorrentPlacesOn>(_ => _ => TorrentPlaces.None);
        services.AddSingleton<Volumes>();
        services.AddSingleton<ItemStore>();
        services.AddSingleton<HashWork>();
        services.AddSingleton<Quarantine>();
        services.AddSingleton<HoldingPost>();
        services.AddSingleton<VolumeRemoval>();
        services.AddSingleton<StoreLoop>();
        services.AddSingleton<FolderDesk>();
        services.AddHostedService(s => s.GetRequiredService<StoreLoop>());
        services.AddSingleton<TransferBook>();
        services.AddSingleton<ItemServing>();
        services.AddSingleton<Traffic>();
        services.AddSingleton<CopyPull>();
        services.AddSingleton<Challenger>();
        services.AddSingleton<SshBook>();
        services.AddSingleton<RsyncPull>();
        services.TryAddSingleton<CopySourcesOf>(s => item =>
        [
            .. s.GetRequiredService<StoreTelling>().SourcesOf(
                item,
                s.GetRequiredService<OwnFleet>().Group is { } group
                    ? s.GetRequiredService<LogWriter>().Members(group)
                    : []),
            // A friend is troubled only for what no device gives.
            .. s.GetRequiredService<FriendBook>().Copies(item)
                .Where(c => c.IsKept && s.GetRequiredService<RingBook>().IsFriend(c.Friend)).Select(c => c.Friend),
        ]);
        services.AddSingleton<CacheNews>();
        services.AddSingleton<CopyDesk>();
        services.AddHostedService(s => s.GetRequiredService<CopyDesk>());
        return services;
    }
}
