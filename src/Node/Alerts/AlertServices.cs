using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Wires what finds alerts and tells them.</summary>
public static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, NodeOptions options) => services
        .AddSingleton(new AlertRules(TimeSpan.FromMinutes(options.AlertLagMinutes)))
        .AddSingleton<AlertPost>()
        .AddHostedService(provider => provider.GetRequiredService<AlertPost>())
        .AddSingleton<AlertWatch>()
        .AddHostedService(provider => provider.GetRequiredService<AlertWatch>())
        .AddSingleton<Needs>();
}
