using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>What parts say, merged by this node's policy.</summary>
public sealed class PartQueries(
    PartRecords records, PartBook book, PartConsents consents, ItemScopes items, LocatedThemes located,
    ObservationQueue queue, TotalsRecords totals)
{
    public IReadOnlyList<PartView> Parts()
    {
        var waiting = queue.Waiting();
        var groups = book.All;
        return
        [
            .. NetApp.Parts.Order(StringComparer.Ordinal).Select(part =>
            {
                var counted = groups.Where(g => g.Part == part && book.Counts(g.Group, part)).ToList();
                var own = counted.Where(g => book.IsOwn(g.Group)).ToList();
                var theirs = counted.Except(own).ToList();
                return new PartView(
                    part, own.Sum(g => records.Count(g.Group)), waiting.GetValueOrDefault(part), theirs.Count,
                    theirs.Sum(g => records.Count(g.Group)), totals.Count(part), consents.SharedSince(part),
                    [.. consents.Subscriptions.Where(s => s.Part == part)]);
            }),
        ];
    }

    /// <summary>What is known of a key; null where it is none.</summary>
    /// <param name="durationMs">Of the file asked about; null for that of the file seen here.</param>
    public KeyView? Explain(string text, long? durationMs)
    {
        if (!ContentKey.TryParse(text, out var key)) return null;
        var found = records.Of(key.Text);
        var local = durationMs ?? items.Items(key.Text).Select(i => (long?)i.DurationMs).FirstOrDefault();
        var newest = found.GroupBy(r => (r.Fleet, Kind: r.Observed.GetType()))
            .Select(g => g.MaxBy(r => r.Order)!).ToList();
        var qualities = newest.Select(r => r.Observed).OfType<QualityObserved>().ToList();
        return new KeyView(
            key.Text,
            local,
            Markers(key.Text, found, local),
            GroupingMerge.Merge([.. newest.Select(r => r.Observed).OfType<GroupingObserved>().Select(GroupingVote.Of)]),
            qualities.Count > 0 ? QualityMerge.Merge(qualities) : null,
            [.. found.OrderBy(r => r.Order)],
            totals.Of(key.Text));
    }

    private List<SlotView> Markers(string key, IReadOnlyList<PartRecord> found, long? durationMs)
    {
        var registers = new MarkerRegisters();
        foreach (var record in found)
            if (record.Observed is MarkerObserved marker)
                registers.Offer(
                    record.Fleet, record.IsOwn ? VoterRing.Own : VoterRing.Friend, marker, record.Order);
        var wanted = consents.Find(MarkerObserved.PartName, Subscription.Friends);
        MergeQuestion QuestionOf(MarkerType type) => new(
            durationMs, located.Find(key, type), wanted?.SourcesMin ?? Subscription.SourcesLeast,
            wanted?.ConfidenceMin ?? new MergeQuestion().ConfMin);
        return
        [
            .. registers.Slots.Where(s => s.Key == key).OrderBy(s => s.Type).ThenBy(s => s.N)
                .Select(s => new SlotView(s.Type, s.N, registers.Merge(s, QuestionOf(s.Type)))),
        ];
    }
}
