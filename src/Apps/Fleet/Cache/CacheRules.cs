namespace Anarchive.Fleet;

/// <summary>What a cache may hold.</summary>
/// <param name="BudgetBytes">Null for no limit but the disk's.</param>
/// <param name="FreeBytes">On the volume, above its reserve.</param>
/// <param name="CullsManual">Rows that a person put here go too, last of all.</param>
public sealed record CacheLimits(long? BudgetBytes, long FreeBytes, bool IsVolumePresent, bool CullsManual);

/// <summary>Which rows of an offline cache go, stay and come back (design: offline cache, C1 to C6).</summary>
public static class CacheRules
{
    /// <summary>What was watched may be looked at again for two days.</summary>
    public const long WatchedForMs = 48L * 3600 * 1000;

    public const long BackoffMs = 5L * 60 * 1000;

    public const long BackoffMaxMs = 24L * 3600 * 1000;

    public static CacheJudgement Judge(IReadOnlyCollection<CacheRow> rows, CacheLimits limits, long unixMs)
    {
        var inOrder = rows.OrderBy(r => r.Item).ToList();
        var used = inOrder.Sum(r => r.Bytes);
        var starred = inOrder.Where(r => r.Mark.IsStarred).Sum(r => Math.Max(r.SizeBytes, r.Bytes));
        var keeps = inOrder.Where(r => r.IsHere)
            .Select(r => (Row: r, Cause: KeepOf(r, limits)))
            .Where(k => k.Cause is not null)
            .Select(k => new CacheKeep(k.Row.Item, k.Row.Bytes, k.Cause!.Value)).ToList();
        if (!limits.IsVolumePresent) return new CacheJudgement(true, used, 0, starred, [], keeps, []);
        var culls = Culls(inOrder, limits, used, unixMs);
        var left = used - culls.Sum(c => c.Bytes);
        var over = limits.BudgetBytes is { } budget ? Math.Max(0, left - budget) : 0;
        return new CacheJudgement(
            false, used, over, starred, culls, keeps, Restores(inOrder, limits, left, unixMs));
    }

    /// <summary>Why a row may not be culled; null where it may (C1). Trash of a row put here by hand counts.</summary>
    public static KeepCause? KeepOf(CacheRow row, CacheLimits limits) =>
        row.Mark.IsStarred ? KeepCause.Starred
        : row.Use == CacheUse.Playing ? KeepCause.Playing
        : row.Use == CacheUse.Downloading ? KeepCause.Downloading
        : row.Use == CacheUse.Copying ? KeepCause.Copying
        : row.IsBound ? KeepCause.Custody
        : row.IsManual && !row.Mark.IsTrashed && !limits.CullsManual ? KeepCause.Manual
        : null;

    /// <summary>When the next try may begin; doubles from 5 minutes to a day. Null where none failed.</summary>
    public static long? NotBefore(CacheRow row) =>
        row is { Failures: > 0, TriedMs: { } tried }
            ? tried + Math.Min(BackoffMaxMs, BackoffMs << Math.Min(row.Failures - 1, 10))
            : null;

    private static List<CacheCull> Culls(List<CacheRow> rows, CacheLimits limits, long used, long unixMs)
    {
        var may = rows.Where(r => r.IsHere && KeepOf(r, limits) is null)
            .Select(r => (Row: r, Cause: CauseOf(r, unixMs)))
            .OrderBy(c => c.Cause).ThenBy(c => c.Row.UsedMs).ThenBy(c => c.Row.Item);
        var left = used;
        var culls = new List<CacheCull>();
        foreach (var (row, cause) in may)
        {
            // Trash was said to go; the rest goes only where room is wanted.
            if (cause != CullCause.Trashed && !(left > limits.BudgetBytes)) break;
            culls.Add(new CacheCull(row.Item, row.Bytes, cause));
            left -= row.Bytes;
        }

        return culls;
    }

    private static CullCause CauseOf(CacheRow row, long unixMs) =>
        row.Mark.IsTrashed ? CullCause.Trashed
        : row.IsManual ? CullCause.Manual
        : row.WatchedMs is { } watched && unixMs - watched > WatchedForMs ? CullCause.Watched
        : CullCause.LeastUsed;

    private static List<CacheRestore> Restores(List<CacheRow> rows, CacheLimits limits, long left, long unixMs)
    {
        var free = limits.FreeBytes;
        var room = limits.BudgetBytes is { } budget ? budget - left : long.MaxValue;
        var restores = new List<CacheRestore>();
        foreach (var row in rows.Where(r => r.Mark.IsWanted && r.Bytes < r.SizeBytes).OrderBy(r => !r.Mark.IsStarred))
        {
            var missing = row.SizeBytes - row.Bytes;
            var from = NotBefore(row);
            RestoreHold? hold = row.Use is CacheUse.Downloading or CacheUse.Copying ? RestoreHold.UnderWay
                : from > unixMs ? RestoreHold.Backoff
                : missing > free ? RestoreHold.NoSpace
                : missing > room ? RestoreHold.OverBudget
                : null;
            restores.Add(new CacheRestore(
                row.Item, row.SizeBytes, hold, hold == RestoreHold.Backoff ? from : null));
            if (hold is not (null or RestoreHold.UnderWay)) continue;
            free -= missing;
            room -= missing;
        }

        return restores;
    }
}
