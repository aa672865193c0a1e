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

    private static readonly CacheLimits WithManual = new(null, 0, IsVolumePresent: true, CullsManual: true);

    public static CacheJudgement Judge(IReadOnlyCollection<CacheRow> rows, CacheLimits limits, long unixMs)
    {
        var inOrder = rows.OrderBy(r => r.Item).ToList();
        var keeps = inOrder.Where(r => r.IsHere)
            .Select(r => (Row: r, Cause: KeepOf(r, limits)))
            .Where(k => k.Cause is not null)
            .Select(k => new CacheKeep(k.Row.Item, k.Row.Bytes, k.Cause!.Value)).ToList();
        var going = inOrder.Where(r => r.IsHere && KeepOf(r, limits) is null)
            .Select(r => (Row: r, Cause: CauseOf(r, unixMs)))
            .OrderBy(c => c.Cause).ThenBy(c => c.Row.UsedMs).ThenBy(c => c.Row.Item);
        return new CacheJudgement(
            Outlook(
                inOrder.Sum(r => r.Bytes), inOrder.Sum(StarredBytes), going,
                inOrder.Where(Comes).OrderBy(r => !r.Mark.IsStarred), limits, unixMs),
            keeps);
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

    /// <summary>Whether a row may be culled where the limits let all rows go that a person put here.</summary>
    internal static bool MayGo(CacheRow row) => row.IsHere && KeepOf(row, WithManual) is null;

    /// <summary>Whether it is fetched, now or later.</summary>
    internal static bool Comes(CacheRow row) => row.Mark.IsWanted && row.Bytes < row.SizeBytes;

    internal static long StarredBytes(CacheRow row) =>
        row.Mark.IsStarred ? Math.Max(row.SizeBytes, row.Bytes) : 0;

    /// <summary>What follows for rows that stand in their order already.</summary>
    /// <param name="going">Those that may go, those that go first first.</param>
    /// <param name="coming">Those that come back, those that come first first.</param>
    internal static CacheOutlook Outlook(
        long used, long starred, IEnumerable<(CacheRow Row, CullCause Cause)> going, IEnumerable<CacheRow> coming,
        CacheLimits limits, long unixMs)
    {
        if (!limits.IsVolumePresent) return new CacheOutlook(true, used, 0, starred, [], []);
        var culls = Culls(going, limits, used);
        var left = used - culls.Sum(c => c.Bytes);
        var over = limits.BudgetBytes is { } budget ? Math.Max(0, left - budget) : 0;
        return new CacheOutlook(false, used, over, starred, culls, Restores(coming, limits, left, unixMs));
    }

    private static List<CacheCull> Culls(
        IEnumerable<(CacheRow Row, CullCause Cause)> going, CacheLimits limits, long used)
    {
        var left = used;
        var culls = new List<CacheCull>();
        foreach (var (row, cause) in going)
        {
            // Trash was said to go; the rest goes only where room is wanted.
            if (cause != CullCause.Trashed && !(left > limits.BudgetBytes)) break;
            culls.Add(new CacheCull(row.Item, row.Bytes, cause));
            left -= row.Bytes;
        }

        return culls;
    }

    /// <summary>Why a row that may go does.</summary>
    internal static CullCause CauseOf(CacheRow row, long unixMs) =>
        row.Mark.IsTrashed ? CullCause.Trashed
        : row.IsManual ? CullCause.Manual
        : row.WatchedMs is { } watched && unixMs - watched > WatchedForMs ? CullCause.Watched
        : CullCause.LeastUsed;

    private static List<CacheRestore> Restores(
        IEnumerable<CacheRow> coming, CacheLimits limits, long left, long unixMs)
    {
        var free = limits.FreeBytes;
        var room = limits.BudgetBytes is { } budget ? budget - left : long.MaxValue;
        var restores = new List<CacheRestore>();
        foreach (var row in coming)
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
