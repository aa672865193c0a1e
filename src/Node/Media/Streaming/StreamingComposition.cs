using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Anarchive.Node;

/// <summary>Puts together what plays films on pages. Needs the store of items.</summary>
internal static class StreamingComposition
{
    public static IServiceCollection AddStreaming(this IServiceCollection services)
    {
        services.TryAddSingleton<PathOfItem>(s => item => s.GetRequiredService<ItemStore>().Find(item)?.FullPath);
        services.AddSingleton<RemoteShelf>();
        services.AddSingleton<StreamBook>();
        services.AddSingleton<HlsSessions>();
        services.AddHostedService(s => s.GetRequiredService<HlsSessions>());
        services.AddSingleton<StreamDesk>();
        return services;
    }
}
