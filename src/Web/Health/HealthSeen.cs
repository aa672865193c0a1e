using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>How this node is: its checks, and what needs its owner.</summary>
/// <param name="Reach">What peers said last; null where they were not asked lately.</param>
public sealed record HealthSeen(
    IReadOnlyList<Finding> Findings, ReachFinding? Reach, IReadOnlyList<Need> Needs, IReadOnlyList<FleetNeed> Fleet)
{
    /// <summary>With every check made anew.</summary>
    public static HealthSeen Now(IServiceProvider services) =>
        Of(services, services.GetRequiredService<HealthDesk>().Look());

    /// <summary>With checks of a moment ago, for a page that is open.</summary>
    public static HealthSeen Recent(IServiceProvider services) =>
        Of(services, services.GetRequiredService<HealthDesk>().Recent());

    private static HealthSeen Of(IServiceProvider services, IReadOnlyList<Finding> findings) => new(
        findings, services.GetRequiredService<HealthDesk>().Reach, services.GetRequiredService<Needs>().Look().Needs,
        services.GetRequiredService<FleetQueries>().Standing().Needs);
}
