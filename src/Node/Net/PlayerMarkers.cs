using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Merged markers as players take them.</summary>
public sealed class PlayerMarkers(PartQueries parts, PartRecords records)
{
    private const int KeysAtOnce = 5_000;

    /// <summary>Of one key; levels decide what a player may do with each.</summary>
    /// <param name="durationMs">
    /// Of the file that is played; null for that of the file seen here, and where none was, of the one that most fleets
    /// saw.
    /// </param>
    public IReadOnlyList<ExportMarker> Of(string key, long? durationMs) =>
        parts.Explain(key, durationMs) is { } view ? Of(view) : [];

    /// <summary>Of an episode: what is said of its work, and of files that are known to be it.</summary>
    public IReadOnlyList<ExportMarker> Of(WorkId work) =>
    [
        .. records.Of(NetApp.GroupingObserved, $"\"{work.Whole}\"")
            .Where(r => r.Observed is GroupingObserved said && Names(said, work)).SelectMany(r => r.Observed.Key)
            .Append(work.ToString()).Distinct()
            .Select(key => parts.Explain(key, null)).OfType<KeyView>()
            // What a friend says is taken where others agree.
            .Where(view => view.Key == work.ToString() || IsAgreed(view, work))
            .SelectMany(Of),
    ];

    /// <summary>Of every key whose hash begins so: whoever asks like that does not tell which one it means.</summary>
    /// <param name="prefix">From <see cref="SponsorBlockAnswer.Prefix"/>.</param>
    public IReadOnlyList<ExportMarker> WithHash(string prefix)
    {
        var found = new List<ExportMarker>();
        for (var after = ""; ;)
        {
            var keys = records.Keys(MarkerObserved.PartName, after, KeysAtOnce);
            foreach (var key in keys)
                if (SponsorBlockAnswer.HashOf(key).StartsWith(prefix, StringComparison.Ordinal))
                    found.AddRange(Of(key, null));
            if (keys.Count < KeysAtOnce) return found;
            after = keys[^1];
        }
    }

    /// <summary>Of a key that was merged already.</summary>
    public static IReadOnlyList<ExportMarker> Of(KeyView view) =>
    [
        .. view.Markers.Select(m => (m.Type, m.N, m.Merged, Duration: view.DurationMs ?? DurationOf(m.Merged)))
            .Where(m => m.Duration is not null)
            .Select(m => ExportMarker.Of(new MarkerSlot(view.Key, m.Type, m.N), m.Merged, m.Duration!.Value))
            .OfType<ExportMarker>(),
    ];

    private static long? DurationOf(MergedMarker merged) =>
        merged.Clusters is [{ Votes: [var first, ..] }, ..] ? first.DurationMs : null;

    private static bool IsAgreed(KeyView view, WorkId work) =>
        view.Grouping is { } agreed && agreed.Season == work.Season && agreed.Episodes.Contains(work.Episode ?? -1)
        || view.Records.Any(r => r.IsOwn && r.Observed is GroupingObserved said && Names(said, work));

    private static bool Names(GroupingObserved said, WorkId work) =>
        said.Season == work.Season && work.Episode is { } episode && said.Episodes.Contains(episode)
        && said.Work.Contains(work.Whole.ToString(), StringComparer.Ordinal);
}
