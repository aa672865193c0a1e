using Anarchive.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Wires the writer to the store, the node's key and the applications' projections.</summary>
public static class EngineServices
{
    public static IServiceCollection AddEngine(this IServiceCollection services) => services
        .AddSingleton<NodeClock>()
        .AddSingleton(CreateWriter)
        .AddSingleton<KeyRotation>()
        .AddHostedService(provider => provider.GetRequiredService<LogWriter>())
        .AddHostedService<WitnessMarks>();

    private static LogWriter CreateWriter(IServiceProvider provider)
    {
        var database = provider.GetRequiredService<Database>();
        var witness = provider.GetRequiredService<IncarnationWitness>();
        var random = provider.GetRequiredService<IRandomSource>();
        var key = provider.GetRequiredService<NodeKey>();
        var verifier = provider.GetRequiredService<IVerifier>();
        var core = new WriterCore(
            provider.GetRequiredService<SqliteEventStore>(),
            provider.GetRequiredService<EditionFiles>(),
            () =>
            {
                database.Begin();
                return database.Writer;
            },
            provider.GetServices<IProjection>(),
            verifier,
            random,
            new WriterIdentity(key, key.Statements, new ChainId(key.NodeId, witness.Current)),
            () =>
            {
                witness.Renew(random);
                return witness.Current;
            });
        return new LogWriter(
            core,
            verifier,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<NodeClock>(),
            provider.GetRequiredService<ILogger<LogWriter>>());
    }
}
