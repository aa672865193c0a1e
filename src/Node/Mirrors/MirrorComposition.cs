using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Puts following together: what is read elsewhere, and what anybody may read here.</summary>
public static class MirrorComposition
{
    /// <summary>Needs sync and hives; <see cref="PublicEndpoints.MapPublic"/> adds routes.</summary>
    public static IServiceCollection AddMirrors(this IServiceCollection services)
    {
        services.AddSingleton<MirrorBook>();
        services.AddSingleton<MirrorOf>(s => s.GetRequiredService<MirrorBook>().Find);
        services.AddSingleton<TakesNoPart>(s =>
        {
            var (sharing, mirrors) = (s.GetRequiredService<Sharing>(), s.GetRequiredService<MirrorBook>());
            return group => sharing.HasLeft(group) || mirrors.Holds(group);
        });
        services.AddSingleton<MayRejoin>(s => s.GetRequiredService<Sharing>().MayRejoin);
        services.AddSingleton<MirrorActs>();
        services.AddSingleton<PublicReading>();
        services.AddSingleton<MirrorReader>();
        services.AddSingleton(s => new MirrorLoop(
            s.GetRequiredService<MirrorBook>(),
            s.GetRequiredService<MirrorReader>(),
            s.GetRequiredService<NodeOptions>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<IHostApplicationLifetime>(),
            s.GetRequiredService<ILogger<MirrorLoop>>()));
        services.AddHostedService(s => s.GetRequiredService<MirrorLoop>());
        return services;
    }
}
