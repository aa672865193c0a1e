namespace Anarchive.Tests.Fuzz;

/// <summary>Every parser of the product that sees bytes somebody else wrote.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. LogTargets.All, .. WireTargets.All, .. PayloadTargets.All, .. EditionTargets.All, .. NodeTargets.All,
        .. TextTargets.All, .. MediaTargets.All, .. PartTargets.All, .. CarrierTargets.All,
        .. FleetTargets.All,
    ];
}
