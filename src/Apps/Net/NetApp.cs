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

    public static IReadOnlySet<string> Parts { get; } =
        new[] { "intro-markers", "grouping", "quality", "signal", "peers-hints" }.ToFrozenSet();

    /// <summary>The kinds that <see cref="NetPayloads"/> reads.</summary>
    public static IReadOnlySet<Kind> Kinds { get; } = new[]
    {
        MarkerObserved, ThemeObserved, new("grouping_observed"), new("quality_observed"), new("hint_observed"),
        new("observation_retracted"),
    }.ToFrozenSet();
}
