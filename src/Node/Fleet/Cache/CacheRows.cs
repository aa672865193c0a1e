using Anarchive.Fleet;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>The rows of the cache in memory, by title and as the rules look at them. One thread.</summary>
internal sealed class CacheRows
{
    private static readonly Comparer<Kept> ByTitle =
        Comparer<Kept>.Create((a, b) => CacheSeen.ByTitle.Compare(a.Seen, b.Seen));

    private readonly Dictionary<ItemId, Kept> _byItem = [];
    private readonly SortedSet<Kept> _byTitle;
    private readonly CacheLedger _ledger = new();

    public CacheRows(IEnumerable<CacheSeen> rows)
    {
        foreach (var row in rows)
        {
            var kept = new Kept(row);
            _byItem[row.Item] = kept;
            Count(kept, 1);
            if (!row.IsOnAbsent) _ledger.Put(row.Row);
        }

        // Sorted at once: one after the other takes several times as long.
        _byTitle = new SortedSet<Kept>(_byItem.Values, ByTitle);
    }

    public int Total => _byItem.Count;

    public int Starred { get; private set; }

    public int Missing { get; private set; }

    /// <summary>Grows with every row that comes, goes or changes.</summary>
    public long Changes { get; private set; }

    public CacheOutlook Judge(CacheLimits limits, long unixMs) => _ledger.Judge(limits, unixMs);

    public CacheSeen? Find(ItemId item) => _byItem.GetValueOrDefault(item)?.Seen;

    public void Put(CacheSeen row)
    {
        if (Find(row.Item) == row) return;
        Changes++;
        Remove(row.Item);
        var kept = new Kept(row);
        _byItem[row.Item] = kept;
        _byTitle.Add(kept);
        Count(kept, 1);
        if (!row.IsOnAbsent) _ledger.Put(row.Row);
    }

    public void Remove(ItemId item)
    {
        if (!_byItem.Remove(item, out var kept)) return;
        Changes++;
        _byTitle.Remove(kept);
        _ledger.Remove(item);
        Count(kept, -1);
    }

    /// <summary>By title, those that pass and in whose title each of these words stands.</summary>
    public IEnumerable<CacheSeen> Matching(string search, Func<CacheSeen, bool> passes)
    {
        string[] words = [.. TitleKey.Of(search).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        return _byTitle.Where(k => passes(k.Seen) && words.All(w => k.Key.Contains(w, StringComparison.Ordinal)))
            .Select(k => k.Seen);
    }

    private void Count(Kept kept, int by)
    {
        if (kept.Seen.Row.Mark.IsStarred) Starred += by;
        if (kept.Seen.IsMissing) Missing += by;
    }

    private sealed class Kept(CacheSeen seen)
    {
        public CacheSeen Seen { get; } = seen;

        /// <summary>What is searched.</summary>
        public string Key { get; } = TitleKey.Of(seen.Title);
    }
}
