namespace Anarchive.Log;

/// <summary>
/// Faults in the core that the simulation switches on to see that it would notice them. Nothing else can.
/// </summary>
internal static class SeededBugs
{
    /// <summary>Writes with equal clocks count as equal: whichever came first stays.</summary>
    internal static bool NoTieBreak { get; set; }

    /// <summary>An owner's word weighs as much as a moderator's.</summary>
    internal static bool NoOwnerPreference { get; set; }
}
