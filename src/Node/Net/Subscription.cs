using Anarchive.Log;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>What the owner wants to hear of one part.</summary>
/// <param name="Trust">Friends or network: whose word counts.</param>
/// <param name="Edition">Null for the latest, otherwise pinned to that number.</param>
/// <param name="SourcesMin">Sources that a button needs.</param>
/// <param name="ConfidenceMin">Observations below are dropped.</param>
/// <param name="Aggregator">Of the network: who counts.</param>
/// <param name="K">Of the network: the fewest fleets a row may stand for.</param>
public sealed record Subscription(
    string Part, string Trust, long? Edition, int SourcesMin, int ConfidenceMin, NodeId? Aggregator, int? K)
{
    public const string Friends = "friends";
    public const string Network = "network";

    public const int SourcesLeast = 2;
    public const int KLeast = 5;

    private const int ConfidenceUsual = 50;
    private const int Most = 100;

    /// <summary>Which parts may be read by which trust.</summary>
    private static readonly Dictionary<string, string[]> PartsOf = new(StringComparer.Ordinal)
    {
        [Friends] = NetApp.FriendsParts,
        [Network] = NetApp.NetworkParts,
    };

    /// <summary>Friends' word on a part, as most will want it.</summary>
    public static Subscription OfFriends(string part) =>
        new(part, Friends, null, SourcesLeast, ConfidenceUsual, null, null);

    /// <summary>Null where every rule holds. Codes: unknown_part, bad_trust, bad_subscription.</summary>
    public Problem? Fault()
    {
        if (!NetApp.Parts.Contains(Part)) return UnknownPart;
        if (!PartsOf.TryGetValue(Trust, out var parts) || !parts.Contains(Part))
            return new Problem("bad_trust", 400, $"{Part} cannot be read with that trust: see anarchive net parts.");
        if (Edition is < 1) return Bad("An edition is latest or a number from 1.");
        if (ConfidenceMin is < 0 or > 100) return Bad("The least confidence is 0 to 100.");
        if (SourcesMin is < SourcesLeast or > Most) return Bad("A button needs at least two sources.");
        return Trust == Network ? FaultOfNetwork() : FaultOfFriends();
    }

    public static Problem UnknownPart { get; } =
        new("unknown_part", 400, $"There is no such part: the parts are {string.Join(", ", NetApp.Parts.Order())}.");

    private Problem? FaultOfNetwork() =>
        Aggregator is null ? Bad("A network subscription names its aggregator.")
        : K is < KLeast or > Most or null ? Bad("Fewer than five fleets are never shown: k is at least 5.")
        : null;

    private Problem? FaultOfFriends() =>
        Aggregator is null && K is null ? null : Bad("Friends have no aggregator, and no k.");

    private static Problem Bad(Sentence why) => new("bad_subscription", 400, why);
}
