using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Puts the sync area together.</summary>
public static class SyncComposition
{
    /// <summary>Needs storage, engine, keys and hive names; <see cref="SyncEndpoints.MapSync"/> adds routes.</summary>
    public static IServiceCollection AddSync(this IServiceCollection services)
    {
        services.AddSingleton<OwnEndpoint>();
        services.AddSingleton<TokenBook>();
        services.AddSingleton<InviteBook>();
        services.AddSingleton<PeerBook>();
        services.AddSingleton<Sharing>();
        services.AddSingleton<Admissions>();
        services.AddSingleton<Quotas>();
        services.AddSingleton<RequestSigning>();
        services.AddSingleton<HandshakeDesk>();
        services.AddSingleton(s => NodeCertificate.Open(s.GetRequiredService<DataDirectory>()));
        services.AddSingleton<DialGuard>();
        services.AddSingleton<PeerDoors>();
        services.AddSingleton<PeerClient>();
        services.AddSingleton<PeerGossip>();
        services.AddSingleton<ForkGossip>();
        services.AddSingleton<SyncMeters>().AddSingleton<RefusalBook>().AddSingleton<PeerLook>();
        services.AddSingleton<SyncServing>();
        services.AddSingleton<ReachDesk>();
        services.AddSingleton<Reachability>();
        services.AddSingleton<HealthDesk>();
        services.AddSingleton<SyncExchanges>();
        services.AddSingleton<OwnHeads>();
        services.AddSingleton<ForkSearch>();
        services.AddSingleton<OwedPayloads>();
        services.AddSingleton<EditionFetch>();
        services.AddSingleton<PeerExchange>();
        services.AddSingleton(s => new PeerLoop(
            s.GetRequiredService<LogWriter>(),
            s.GetRequiredService<PeerBook>(),
            s.GetRequiredService<Sharing>(),
            s.GetRequiredService<PeerExchange>(),
            s.GetRequiredService<PeerGossip>(),
            s.GetRequiredService<OwnHeads>(),
            s.GetRequiredService<TokenBook>(),
            s.GetRequiredService<NodeOptions>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<IHostApplicationLifetime>(),
            s.GetRequiredService<ILogger<PeerLoop>>()));
        services.AddHostedService(s => s.GetRequiredService<PeerLoop>());
        services.AddSingleton<MeshActs>();
        services.AddSingleton<PeerActs>();
        services.AddSingleton<Ownership>();
        services.AddSingleton<GroupCompactor>();
        services.AddSingleton(s => new Countersigning(
            s.GetRequiredService<LogWriter>(),
            s.GetRequiredService<PastState>(),
            s.GetRequiredService<TakesNoPart>(),
            s.GetRequiredService<ILogger<Countersigning>>()));
        services.AddHostedService(s => s.GetRequiredService<Countersigning>());
        services.AddSingleton(s => new Mesh(
            s.GetRequiredService<LogWriter>(),
            s.GetRequiredService<PeerBook>(),
            s.GetRequiredService<PeerLoop>(),
            s.GetRequiredService<HiveNames>(),
            s.GetRequiredService<MeshActs>(),
            s.GetRequiredService<GroupCompactor>(),
            s.GetRequiredService<Countersigning>(),
            s.GetRequiredService<Sharing>(),
            s.GetRequiredService<RingBook>()));
        return services;
    }
}
