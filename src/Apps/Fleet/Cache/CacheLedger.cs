namespace Anarchive.Fleet;

/// <summary>
/// The rows of a cache in the order in which the rules look at them, so that where a few changed nobody looks at all
/// of them again. One thread.
/// </summary>
/// <remarks>It says of its rows what <see cref="CacheRules.Judge"/> says of them.</remarks>
public sealed class CacheLedger
{
    private static readonly Comparer<CacheRow> ByUse = Comparer<CacheRow>.Create((a, b) =>
        a.UsedMs.CompareTo(b.UsedMs) is var order && order != 0 ? order : a.Item.CompareTo(b.Item));

    private static readonly Comparer<CacheRow> ByStar = Comparer<CacheRow>.Create((a, b) =>
        b.Mark.IsStarred.CompareTo(a.Mark.IsStarred) is var order && order != 0 ? order : a.Item.CompareTo(b.Item));

    private readonly Dictionary<ItemId, CacheRow> _rows = [];

    // What may go, apart by what decides when. Of what was watched the moment says whether it goes for that.
    private readonly SortedSet<CacheRow> _trashed = new(ByUse);
    private readonly SortedSet<CacheRow> _watched = new(ByUse);
    private readonly SortedSet<CacheRow> _unwatched = new(ByUse);
    private readonly SortedSet<CacheRow> _manual = new(ByUse);

    private readonly SortedSet<CacheRow> _wanted = new(ByStar);
    private long _used;
    private long _starred;

    public int Count => _rows.Count;

    /// <summary>Adds a row, or replaces the one of that item.</summary>
    public void Put(CacheRow row)
    {
        Remove(row.Item);
        _rows[row.Item] = row;
        _used += row.Bytes;
        _starred += CacheRules.StarredBytes(row);
        GoingOf(row)?.Add(row);
        if (CacheRules.Comes(row)) _wanted.Add(row);
    }

    /// <summary>False where there is none.</summary>
    public bool Remove(ItemId item)
    {
        if (!_rows.Remove(item, out var row)) return false;
        _used -= row.Bytes;
        _starred -= CacheRules.StarredBytes(row);
        GoingOf(row)?.Remove(row);
        _wanted.Remove(row);
        return true;
    }

    /// <summary>What the rules say of all rows now.</summary>
    public CacheOutlook Judge(CacheLimits limits, long unixMs) =>
        CacheRules.Outlook(_used, _starred, InOrder(limits, unixMs), _wanted, limits, unixMs);

    /// <summary>Where a row stands that may go, whatever the limits are; null for one that may not.</summary>
    private SortedSet<CacheRow>? GoingOf(CacheRow row) =>
        !CacheRules.MayGo(row) ? null
        : row.Mark.IsTrashed ? _trashed
        : row.IsManual ? _manual
        : row.WatchedMs is null ? _unwatched
        : _watched;

    private IEnumerable<(CacheRow Row, CullCause Cause)> InOrder(CacheLimits limits, long unixMs)
    {
        // None of it is gone through further than room is wanted.
        var watched = _watched.Where(r => CacheRules.CauseOf(r, unixMs) == CullCause.Watched);
        var recent = _watched.Where(r => CacheRules.CauseOf(r, unixMs) == CullCause.LeastUsed);
        return _trashed.Concat(watched).Concat(Merge(recent, _unwatched)).Concat(limits.CullsManual ? _manual : [])
            .Select(r => (r, CacheRules.CauseOf(r, unixMs)));
    }

    private static IEnumerable<CacheRow> Merge(IEnumerable<CacheRow> some, IEnumerable<CacheRow> others)
    {
        using var a = some.GetEnumerator();
        using var b = others.GetEnumerator();
        var (hasA, hasB) = (a.MoveNext(), b.MoveNext());
        while (hasA || hasB)
        {
            var isA = !hasB || (hasA && ByUse.Compare(a.Current, b.Current) < 0);
            yield return isA ? a.Current : b.Current;
            if (isA) hasA = a.MoveNext();
            else hasB = b.MoveNext();
        }
    }
}
