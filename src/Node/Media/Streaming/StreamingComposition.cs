using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anarchive.Node;

/// <summary>Puts together what plays films on pages.</summary>
internal static class StreamingComposition
{
    public static IServiceCollection AddStreaming(this IServiceCollection services)
    {
        // No item is anywhere, until the application that knows of items says so.
        services.TryAddSingleton<PathOfItem>(_ => _ => null);
        services.AddSingleton<StreamBook>();
        services.AddSingleton<HlsSessions>();
        services.AddHostedService(s => s.GetRequiredService<HlsSessions>());
        services.AddSingleton<StreamDesk>();
        return services;
    }
}
