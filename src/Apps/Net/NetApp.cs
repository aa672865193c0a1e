using System.Collections.Frozen;
using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>Net: facts about media, each in a part of its own.</summary>
public static class NetApp
{
    /// <summary>The kind of group this application folds: one fleet's observations of one part.</summary>
    public const string GroupKind = "part";

    /// <summary>Read by friends of the first degree, and never passed on by them.</summary>
    public const string DefaultRing = "friends";

    public static Kind MarkerObserved { get; } = new("marker_observed");

    public static Kind ThemeObserved { get; } = new("theme_observed");

    public static Kind GroupingObserved { get; } = new("grouping_observed");

    public static Kind QualityObserved { get; } = new("quality_observed");

    public static Kind HintObserved { get; } = new("hint_observed");

    public static Kind ObservationRetracted { get; } = new("observation_retracted");

    /// <summary>A snapshot to be fetched as one file; the engine's editions are of events and for members.</summary>
    public static Kind PartEditionPublished { get; } = new("part_edition_published");

    public static IReadOnlySet<string> Parts { get; } =
        new[] { "intro-markers", "grouping", "quality", "signal", "peers-hints" }.ToFrozenSet();

    /// <summary>What friends may read of one another.</summary>
    public static string[] FriendsParts { get; } = ["intro-markers", "grouping", "quality", "peers-hints"];

    /// <summary>What travels further, as totals of five fleets or more.</summary>
    public static string[] NetworkParts { get; } = ["signal", "peers-hints"];

    /// <summary>The kinds that <see cref="NetPayloads"/> reads.</summary>
    public static IReadOnlySet<Kind> Kinds { get; } = new[]
    {
        MarkerObserved, ThemeObserved, GroupingObserved, QualityObserved, HintObserved, ObservationRetracted,
        PartEditionPublished,
    }.ToFrozenSet();
}
