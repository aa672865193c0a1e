using Anarchive.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What Hives add to a node.</summary>
public static class HiveServices
{
    public static IServiceCollection AddHives(this IServiceCollection services)
    {
        services.AddSingleton(s => new NodeSecret(s.GetRequiredService<NodeKey>().NodeSecret.ToArray()));
        services.AddSingleton<IProjection>(s => new HiveProjection(
            s.GetRequiredService<Database>(), s.GetRequiredService<SqliteEventStore>()));
        services.AddSingleton(s => new HiveChains(s.GetRequiredService<Database>()));
        services.AddSingleton(s => new HiveLookup(
            s.GetRequiredService<Database>(), s.GetRequiredService<HiveChains>()));
        services.AddSingleton<HiveNames>();
        services.AddSingleton<AgentRegistry>();
        services.AddSingleton<BallotBox>();
        services.AddSingleton<HiveWrites>();
        services.AddSingleton<HiveCommands>();
        // Peers ask for names of hives, so reach is looked up late.
        services.AddSingleton<ReachOf>(s => (group, position) => s.GetRequiredService<Mesh>().Reach(group, position));
        services.AddSingleton(s => new HiveQueries(
            s.GetRequiredService<Database>(),
            s.GetRequiredService<SqliteEventReader>(),
            s.GetRequiredService<LogWriter>(),
            s.GetRequiredService<HiveChains>(),
            s.GetRequiredService<NodeSecret>(),
            s.GetRequiredService<ReachOf>(),
            s.GetRequiredService<MirrorOf>(),
            s.GetRequiredService<TakesNoPart>(),
            s.GetRequiredService<MayRejoin>()));
        services.AddSingleton<HiveRebuild>();
        services.AddSingleton(s => new PastState(
            s.GetRequiredService<DataDirectory>(), s.GetRequiredService<IEventReader>(),
            s.GetRequiredService<IVerifier>()));
        services.AddSingleton<Retention>();
        services.AddHostedService(s => s.GetRequiredService<Retention>());
        services.AddHostedService(s => new HiveSearch(
            s.GetRequiredService<Database>(),
            s.GetRequiredService<SqliteEventReader>(),
            s.GetRequiredService<LogWriter>(),
            s.GetRequiredService<HiveChains>(),
            s.GetRequiredService<ILogger<HiveSearch>>()));
        return services;
    }
}
