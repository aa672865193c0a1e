namespace Anarchive.Net;

/// <summary>A merged marker of one file, on its way to a player.</summary>
/// <param name="Type">What it is.</param>
/// <param name="N">0, or which of several commercials.</param>
/// <param name="EndMs">Null: the end of the file.</param>
/// <param name="DurationMs">Of the whole file.</param>
/// <param name="Level">How far it may be trusted.</param>
/// <param name="Key">Of the file, or of the work that it is an episode of.</param>
public sealed record ExportMarker(
    MarkerType Type, int N, long StartMs, long? EndMs, long DurationMs, MergeLevel Level, string Key)
{
    /// <summary>Where it ends, in milliseconds from the file's start.</summary>
    public long StopMs => EndMs ?? DurationMs;

    /// <summary>What a merge said of a slot; null where it says that there is none, or hides it.</summary>
    /// <param name="durationMs">Of the file that the player plays.</param>
    public static ExportMarker? Of(MarkerSlot slot, MergedMarker merged, long durationMs)
    {
        if (merged is not { StartMs: { } start, EndMs: { } end } || merged.Level == MergeLevel.Hidden) return null;
        var marker = new ExportMarker(
            slot.Type, slot.N, start, end >= durationMs ? null : end, durationMs, merged.Level, slot.Key);
        return ExportRules.IsSound(marker) ? marker : null;
    }
}

/// <summary>Which markers leave the merge for which kind of output.</summary>
/// <remarks>
/// What may be skipped without a question is of level <see cref="MergeLevel.AutoSkip"/> alone; an output that cannot
/// say "offer" gets nothing else. <see cref="MergeLevel.Hidden"/> is in none.
/// </remarks>
public static class ExportRules
{
    /// <summary>What a player may skip by itself, by place.</summary>
    public static IReadOnlyList<ExportMarker> Skippable(IEnumerable<ExportMarker> markers) =>
        Sorted(markers.Where(m => m.Level == MergeLevel.AutoSkip));

    /// <summary>What a player may skip or offer to skip, by place.</summary>
    public static IReadOnlyList<ExportMarker> Shown(IEnumerable<ExportMarker> markers) =>
        Sorted(markers.Where(m => m.Level is MergeLevel.AutoSkip or MergeLevel.Button));

    /// <summary>False for one that ends before it begins, or beyond its file.</summary>
    internal static bool IsSound(ExportMarker marker) =>
        marker.StartMs >= 0 && marker.StartMs < marker.StopMs && marker.StopMs <= marker.DurationMs
        && marker.DurationMs <= NetRules.MediaMsMax;

    private static ExportMarker[] Sorted(IEnumerable<ExportMarker> markers) =>
    [
        .. markers.Where(IsSound).OrderBy(m => m.StartMs).ThenBy(m => m.StopMs).ThenBy(m => m.Type).ThenBy(m => m.N)
            .ThenBy(m => m.Key, StringComparer.Ordinal),
    ];
}
