using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>One part as its owner sees it.</summary>
/// <param name="Own">Observations of this fleet in the log.</param>
/// <param name="Waiting">Those to be written with the next batch.</param>
/// <param name="Friends">Fleets of friends whose observations count here.</param>
/// <param name="FromFriends">Their observations.</param>
/// <param name="Totals">Rows of the aggregator that is subscribed to, or of this node as one.</param>
/// <param name="SharedSinceMs">Since when friends may read this fleet's; null where they may not.</param>
public sealed record PartView(
    string Part, long Own, int Waiting, int Friends, long FromFriends, long Totals, long? SharedSinceMs,
    IReadOnlyList<Subscription> Subscriptions);

/// <summary>One marker of a key, merged.</summary>
public sealed record SlotView(MarkerType Type, int N, MergedMarker Merged);

/// <summary>Everything known of a key, and what follows from it.</summary>
/// <param name="DurationMs">Of the file seen here; null where none was.</param>
/// <param name="Grouping">What fleets agree on; null where they do not.</param>
/// <param name="Quality">Null where nobody said anything.</param>
/// <param name="Records">All that was observed, newest last.</param>
/// <param name="Totals">What aggregators counted, newest first.</param>
public sealed record KeyView(
    string Key, long? DurationMs, IReadOnlyList<SlotView> Markers, GroupingVote? Grouping, MergedQuality? Quality,
    IReadOnlyList<PartRecord> Records, IReadOnlyList<TotalView> Totals);
