using Anarchive.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Wires data directory, keys, database and event store.</summary>
public static class StorageWiring
{
    /// <summary>
    /// Everything opens on first use, in the order it depends on each other, and closes in reverse. Opening throws
    /// <see cref="StartRefusedException"/> with a code and a sentence.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services) => services
        .AddSingleton<IRandomSource, SystemRandom>()
        .AddSingleton<IVerifier, SodiumVerifier>()
        .AddSingleton(s => DataDirectory.Open(s.GetRequiredService<NodeOptions>().DataDirectory))
        .AddSingleton(s => KeyFile.Open(
            s.GetRequiredService<DataDirectory>(), s.GetRequiredService<IRandomSource>()))
        .AddSingleton<ISigner>(s => s.GetRequiredService<NodeKey>())
        .AddSingleton(OpenDatabase)
        .AddSingleton<SqliteEventStore>()
        .AddSingleton<IEventStore>(s => s.GetRequiredService<SqliteEventStore>())
        .AddSingleton<SqliteEventReader>()
        .AddSingleton<IEventReader>(s => s.GetRequiredService<SqliteEventReader>())
        .AddSingleton<EditionFiles>()
        .AddSingleton(OpenWitness);

    private static Database OpenDatabase(IServiceProvider services)
    {
        // A database without its keys is refused before it is opened.
        _ = services.GetRequiredService<NodeKey>();
        var database = Database.Open(services.GetRequiredService<DataDirectory>().DatabasePath);
        var log = services.GetRequiredService<ILogger<Database>>();
        NodeLog.DatabaseOpened(log, Database.LibraryVersion, NativeSqlite.IsSystemLibrary);
        if (services.GetRequiredService<DataDirectory>().SetAside is not null) NodeLog.NodeRestored(log);
        if (services.GetRequiredService<DataDirectory>().HasStayed) NodeLog.NodeStayed(log);
        if (database.UpgradedFrom is { } from) NodeLog.DatabaseUpgraded(log, from, Schema.Version);
        return database;
    }

    private static IncarnationWitness OpenWitness(IServiceProvider services)
    {
        var witness = IncarnationWitness.Open(
            services.GetRequiredService<Database>(),
            services.GetRequiredService<DataDirectory>().WitnessPath,
            services.GetRequiredService<IRandomSource>());
        if (witness.IsRenewed)
            NodeLog.IncarnationRenewed(services.GetRequiredService<ILogger<IncarnationWitness>>());
        return witness;
    }
}
