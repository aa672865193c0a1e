using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anarchive.Node;

/// <summary>Puts together what watches torrents and says who can give them.</summary>
public static class ReaperComposition
{
    /// <summary>Needs the fleet's book, sync, pairing and carriers; routes: <see cref="PeersEndpoints"/>.</summary>
    public static IServiceCollection AddReaper(this IServiceCollection services)
    {
        services.TryAddSingleton<LinkIsUp>(OwnLink.IsUp);
        services.AddSingleton<ReaperBook>();
        services.AddSingleton<ReaperFacts>();
        services.AddSingleton<WalkBook>();
        services.AddSingleton<TorrentPost>();
        services.AddSingleton<Reaper>();
        services.AddSingleton<TorznabClient>();
        services.AddSingleton<TorrentJoins>();
        services.AddSingleton<MayJoinTorrent>(s => s.GetRequiredService<PeersDesk>().MayJoin);
        services.AddSingleton<ReaperActs>();
        services.AddSingleton<ReaperDesk>();
        services.AddHostedService<ReaperLoop>();
        services.AddSingleton<DhtLookup>();
        services.TryAddSingleton<DhtWalk>(s => s.GetRequiredService<DhtLookup>().WalkAsync);
        services.AddSingleton<FriendPeers>();
        services.AddSingleton<PeersDesk>();
        services.AddSingleton<FleetViews>();
        return services;
    }
}
