using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What a decision would do to items, as it is told before anything is done.</summary>
/// <param name="PlanId">What was known then: the decision is carried out only while that holds.</param>
/// <param name="Items">Items that are concerned, and <paramref name="Bytes"/> of their copies.</param>
/// <param name="Below">Items that are below their floor afterwards and were not before.</param>
/// <param name="LastCopies">Items of which no copy counts afterwards, and one did before.</param>
/// <param name="Rows">The gravest first, at most <see cref="RowsMax"/>.</param>
public sealed record Consequence(
    Hash256 PlanId, bool IsDone, int Items, long Bytes, int Below, int LastCopies, IReadOnlyList<ConsequenceRow> Rows)
{
    public const int RowsMax = 50;

    internal static Consequence Of(Hash256 planId, List<ConsequenceRow> rows) => new(
        planId, false, rows.Count, rows.Sum(r => r.SizeBytes ?? 0),
        rows.Count(r => r.After < r.Floor && r.Before >= r.Floor), rows.Count(r => r is { After: 0, Before: > 0 }),
        [.. rows.OrderBy(r => r.After).ThenBy(r => r.Item).Take(RowsMax)]);
}

/// <summary>An item before and after.</summary>
/// <param name="Before">Copies that count, and <paramref name="After"/> it.</param>
/// <param name="ProvenMs">When the copy concerned was last proven; null where it never was.</param>
/// <param name="Reason">A sentence's end.</param>
public sealed record ConsequenceRow(
    ItemId Item, long? SizeBytes, int Before, int After, int Floor, long? ProvenMs, Sentence Reason);

/// <summary>Works out what decisions would do.</summary>
internal static class Consequences
{
    private static readonly Sentence CountsNoMore = "its copy counts no more";

    private static readonly Sentence DoesNotCount = "its copy does not count now";

    private static readonly Sentence MayGo = "copies above the new ceiling may go";

    private static readonly Sentence MayBeMissing = "fewer copies may be missing";

    /// <summary>Of a device whose copies count no more.</summary>
    public static Consequence OfLosing(FleetState state, SeenPlan seen, DeviceId device)
    {
        var (count, rows) = (new CopyCount(seen.Table), new List<ConsequenceRow>());
        foreach (var line in seen.Custody.Lines)
        {
            var holdings = state.HoldingsOf(line.Item);
            var here = holdings.Where(h => h.Device == device && h.State == HoldingState.Present).ToList();
            if (here.Count == 0) continue;
            var counted = here.Any(count.Counts);
            rows.Add(new ConsequenceRow(
                line.Item, line.SizeBytes, line.Counted, line.Counted - (counted ? 1 : 0), line.Floor,
                here.Max(h => h.ProvenMs), counted ? CountsNoMore : DoesNotCount));
        }

        return Consequence.Of(seen.Id, rows);
    }

    /// <summary>Of a policy that asks for fewer copies: those it would no longer keep.</summary>
    public static Consequence OfLowering(FleetState state, SeenPlan seen, PolicySet policy)
    {
        var (count, rows) = (new CopyCount(seen.Table), new List<ConsequenceRow>());
        foreach (var line in seen.Custody.Lines)
        {
            var name = state.Items.TryGetValue(line.Item, out var known)
                ? state.PolicyOf(known).Name
                : state.DefaultPolicy.Name;
            if (name != policy.Policy) continue;
            var proven = state.HoldingsOf(line.Item).Where(count.Counts).Max(h => h.ProvenMs);
            var kept = Math.Min(line.Counted, policy.Ceil);
            rows.Add(new ConsequenceRow(
                line.Item, line.SizeBytes, line.Counted, kept, policy.Floor, proven,
                kept < line.Counted ? MayGo : MayBeMissing));
        }

        return Consequence.Of(seen.Id, rows);
    }

    /// <summary>Of a source that friends may be answered about.</summary>
    public static Consequence OfOpening(FleetState state, SeenPlan seen, string source)
    {
        var rows = new List<ConsequenceRow>();
        foreach (var line in seen.Custody.Lines)
            if (state.Items.TryGetValue(line.Item, out var known) && known.Source == source)
                rows.Add(new ConsequenceRow(
                    line.Item, line.SizeBytes, line.Counted, line.Counted, line.Floor, null,
                    "friends may learn that you hold it"));
        return Consequence.Of(seen.Id, rows);
    }
}
