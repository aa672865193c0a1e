namespace Anarchive.Node;

/// <summary>What pages show as one line of the log: an act, or what retention deleted in one run.</summary>
/// <param name="Newest">The act, or the newest deletion of the run.</param>
/// <param name="Shown">The newest deletions of a run, as far as a page lists them; none for a single act.</param>
/// <param name="Count">How many acts the line stands for.</param>
/// <param name="OldestMs">Clock of the oldest of them, Unix milliseconds.</param>
public sealed record ModerationRun(
    ModerationView Newest, IReadOnlyList<ModerationView> Shown, int Count, long OldestMs);

/// <content>The moderation log with retention's deletions folded, for people.</content>
public sealed partial class HiveQueries
{
    /// <summary>Deletions of a run that are listed one by one.</summary>
    public const int RunShownMax = 100;

    // A page reads no more lines than this: a longer run goes on as the first line of the next page.
    private const int RunsReadMax = 1000;

    /// <summary>
    /// The log as <see cref="Moderation"/> has it, adjoining deletions by one owner's retention as one line; null for a
    /// bad cursor. A run is not cut where a page is full, but where it is very long.
    /// </summary>
    public Page<ModerationRun>? ModerationRuns(string hive, string? cursor, int limit)
    {
        using var db = _database.OpenReader();
        if (HiveKeys(db, hive) is not [var key] || !_writer.Holds(key.Group)) return new([], null);
        if (ModerationFrom(key, cursor) is not { } from) return null;
        var (max, runs, read, last) = (Clamp(limit), new List<Gathered>(), 0, from);
        foreach (var line in ModerationLines(db, key, from))
        {
            var joins = runs.Count > 0 && runs[^1].Takes(line);
            // Of a long run most are only counted.
            var view = joins && runs[^1].IsFull ? null : line.Resolve();
            if (view is null && !joins) continue;
            if (read++ == RunsReadMax || (!joins && runs.Count == max))
                return new([.. runs.Select(r => r.Run)], last.Write(_secret, ModerationList(key)));
            if (joins) runs[^1].Add(line, view);
            else runs.Add(new Gathered(view!));
            last = line.At;
        }

        return new([.. runs.Select(r => r.Run)], null);
    }

    private sealed class Gathered(ModerationView newest)
    {
        private readonly List<ModerationView> _shown = [newest];
        private int _count = 1;
        private long _oldestMs = newest.AtMs;

        public ModerationRun Run => new(newest, _count == 1 ? [] : _shown, _count, _oldestMs);

        public bool IsFull => _shown.Count == RunShownMax;

        public bool Takes(ModerationLine line) => newest.ByRetention && line.Header.Origin == newest.By
            && line.LapsedBy == newest.Agent?.AgentId;

        /// <param name="view">Null where it is only counted.</param>
        public void Add(ModerationLine line, ModerationView? view)
        {
            if (view is not null) _shown.Add(view);
            (_count, _oldestMs) = (_count + 1, line.Header.Hlc.UnixMs);
        }
    }
}
