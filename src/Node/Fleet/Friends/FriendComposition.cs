using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts together what friends keep for this fleet, and what this device keeps for friends.</summary>
public static class FriendComposition
{
    /// <summary>Needs pairing, the store and releases; <see cref="LoanEndpoints.MapLoans"/> adds routes.</summary>
    public static IServiceCollection AddFriends(this IServiceCollection services)
    {
        services.AddSingleton<LoanBook>();
        services.AddSingleton<LentFiles>();
        services.AddSingleton<LentLocks>();
        services.AddSingleton<LentUpkeep>();
        services.AddHostedService(s => s.GetRequiredService<LentUpkeep>());
        services.AddSingleton<LoanDesk>();
        services.AddSingleton<Lending>();
        services.AddSingleton<FriendBook>();
        services.AddSingleton<FriendNames>();
        services.AddSingleton<FriendItems>();
        services.AddSingleton<FriendCare>();
        services.AddSingleton<FriendKeep>();
        services.AddSingleton<FriendReleases>();
        services.AddSingleton<FriendDrop>();
        services.AddSingleton<FriendTick>();
        services.AddHostedService(s => s.GetRequiredService<FriendTick>());
        return services;
    }
}
