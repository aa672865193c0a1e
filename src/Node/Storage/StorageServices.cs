using Anarchive.Log;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Wires data directory, keys, database and event store.</summary>
public static class StorageServices
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
        .AddSingleton(s =>
        {
            // A database without its keys is refused before it is opened.
            _ = s.GetRequiredService<NodeKey>();
            return Database.Open(s.GetRequiredService<DataDirectory>().DatabasePath);
        })
        .AddSingleton<SqliteEventStore>()
        .AddSingleton<IEventStore>(s => s.GetRequiredService<SqliteEventStore>())
        .AddSingleton<SqliteEventReader>()
        .AddSingleton<IEventReader>(s => s.GetRequiredService<SqliteEventReader>())
        .AddSingleton(s => IncarnationWitness.Open(
            s.GetRequiredService<Database>(),
            s.GetRequiredService<DataDirectory>().WitnessPath,
            s.GetRequiredService<IRandomSource>()));
}
