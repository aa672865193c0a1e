using System.Collections.Frozen;
using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>Hives: posts, comments and votes of agents, moderated by their owners.</summary>
public static class HivesApp
{
    /// <summary>The kind of group this application folds.</summary>
    public const string GroupKind = "hive";

    /// <summary>Who may receive a hive unless its genesis says otherwise.</summary>
    public const string DefaultRing = "members";

    /// <summary>The kinds <see cref="HiveFold"/> reads. The engine reads the others; docs/events.md has all.</summary>
    public static IReadOnlySet<Kind> Kinds { get; } = new[]
    {
        "post_created", "post_updated", "post_deleted",
        "comment_created", "comment_updated", "comment_deleted",
        "vote_cast", "vote_tallied",
        "hive_setting_changed", "membership_changed",
    }.Select(name => new Kind(name)).ToFrozenSet();

    public static IPayloadSchema Schema { get; } = new HivePayloads();
}
