using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts pairing together.</summary>
public static class PairingComposition
{
    public static IServiceCollection AddPairing(this IServiceCollection services)
    {
        services.AddSingleton<PairingDesk>();
        services.AddSingleton<RingBook>();
        services.AddSingleton<OwnFleet>();
        services.AddSingleton<PairingActs>();
        services.AddSingleton<PairingCalls>();
        services.AddHostedService(s => s.GetRequiredService<PairingCalls>());
        return services;
    }
}
