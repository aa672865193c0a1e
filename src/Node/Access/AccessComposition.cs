using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts together who may come in.</summary>
public static class AccessComposition
{
    public static IServiceCollection AddAccess(this IServiceCollection services) =>
        services.AddSingleton<AccessBook>().AddSingleton<SetupLinks>().AddSingleton<FirstRun>()
            .AddSingleton<RestoreDesk>();
}
