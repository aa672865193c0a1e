using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts together what people watch: shelves, pictures, places, and what may be skipped.</summary>
public static class LibraryComposition
{
    /// <summary>Needs the store, the fleet's plan, parts and players.</summary>
    public static IServiceCollection AddLibrary(this IServiceCollection services)
    {
        services.AddSingleton<LibraryBook>();
        services.AddHostedService<LibraryLoop>();
        services.AddSingleton<LibraryMarkers>();
        services.AddSingleton<WatchSignals>();
        services.AddSingleton<WatchBook>();
        services.AddHostedService<WatchTeller>();
        services.AddSingleton<LibraryQueries>();
        services.AddSingleton<WatchDesk>();
        services.AddSingleton<GroupingDesk>();
        services.AddSingleton<SeasonDesk>();
        services.AddSingleton<ArtworkShelf>();
        services.AddHostedService(s => s.GetRequiredService<ArtworkShelf>());
        return services;
    }
}
