using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Wires what tells the owner how the node is.</summary>
public static class ObservabilityServices
{
    public static IServiceCollection AddObservability(this IServiceCollection services, NodeOptions options) => services
        .AddSingleton(new LogLevels(options.LogLevel))
        .AddSingleton<LogMemory>()
        .AddSingleton<StateMeters>()
        .AddSingleton<ProcessMeters>()
        .AddSingleton<PrometheusText>()
        .AddHostedService(provider => provider.GetRequiredService<PrometheusText>())
        .AddSingleton<ILoggerProvider, NodeLoggerProvider>();
}
