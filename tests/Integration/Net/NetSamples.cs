using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Observations of one made-up file, and what a node makes of them.</summary>
internal static class NetSamples
{
    public const string Key = "osh:8e245d9679d31e12:12909756";

    public static MarkerObserved Intro(long startMs, long endMs) => new(
        "intro-markers", 1, [Key], Method.Chromaprint, "test", 97, 490_000, MarkerType.Intro, 0, startMs, endMs,
        1_420_100);

    /// <summary>A file of that key lies on this node, in no sensitive folder.</summary>
    public static Task See(this LiveNode node, string key = Key) => node.Get<ItemScopes>().SeenAsync(
        [new LocalItem(key, Path.Combine(node.Home, "media", "film.mkv"), 1_420_100)],
        TestContext.Current.CancellationToken);

    public static IReadOnlyList<SlotView> Merged(this LiveNode node, string key = Key) =>
        node.Get<PartQueries>().Explain(key, 1_420_100)!.Markers;

    public static (MergeLevel Level, long? StartMs, long? EndMs) Decided(this LiveNode node)
    {
        var merged = node.Merged().Single().Merged;
        return (merged.Level, merged.StartMs, merged.EndMs);
    }

    /// <summary>The digest of the markers of a fleet as a node holds them.</summary>
    public static Hash256 State(this LiveNode node, LiveNode? of = null)
    {
        using var db = node.Get<Database>().OpenReader();
        return PartDigest.Compute(db, (of ?? node).Get<OwnParts>().Find("intro-markers")!.Value);
    }
}
