using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>What this device's cache holds and lacks, and what is to become of each row.</summary>
public sealed class CacheBook
{
    private readonly Database _database;
    private readonly FleetBook _fleet;
    private readonly FleetDesk _desk;
    private readonly Volumes _volumes;
    private readonly CopyDesk _copies;
    private readonly CacheReading _reading;
    private readonly CacheShelf _shelf;
    private readonly TimeProvider _time;

    internal CacheBook(
        Database database, FleetBook fleet, FleetDesk desk, Volumes volumes, CopyDesk copies, CacheReading reading,
        CacheShelf shelf, TimeProvider time)
    {
        (_database, _fleet, _desk, _volumes) = (database, fleet, desk, volumes);
        (_copies, _reading, _shelf, _time) = (copies, reading, shelf, time);
    }

    /// <summary>All rows, read and judged now.</summary>
    public CacheView Look()
    {
        var (settings, sights) = (_reading.Settings(), _volumes.Sights());
        var rows = _shelf.ReadAll(CacheReading.Present(sights));
        var limits = CacheReading.Limits(settings, sights);
        // What lies on a volume that is not there is neither counted nor fetched a second time.
        var judged = CacheRules.Judge([.. rows.Where(r => !r.IsOnAbsent).Select(r => r.Row)], limits, NowMs());
        var (culls, holds) = Ends(judged);
        return new CacheView(
            [.. rows.Order(CacheSeen.ByTitle).Select(r => Line(r, limits, culls, holds))], settings, judged,
            CacheReading.Absent(sights));
    }

    /// <summary>Some rows, from a place on, without a look at all of them.</summary>
    /// <param name="search">Every word of it stands in the title; empty for all.</param>
    /// <param name="firstMax">Of the rows that go first.</param>
    public CachePart List(string search, CacheFilter filter, int from, int limit, int firstMax)
    {
        var (settings, sights) = (_reading.Settings(), _volumes.Sights());
        var limits = CacheReading.Limits(settings, sights);
        var canUndo = CanUndo();
        return _shelf.Read(CacheReading.Present(sights), rows =>
        {
            var outlook = rows.Judge(limits, NowMs());
            var (culls, holds) = Ends(outlook);
            var found = rows.Matching(search, row => filter switch
            {
                CacheFilter.Starred => row.Row.Mark.IsStarred,
                CacheFilter.Leaving => culls.ContainsKey(row.Item),
                CacheFilter.Missing => row.IsMissing,
                _ => true,
            }).ToList();
            return new CachePart(
                [.. found.Skip(from).Take(limit).Select(r => Current(Line(r, limits, culls, holds), r))], from,
                found.Count, new CacheTally(rows.Total, rows.Starred, culls.Count, rows.Missing),
                [
                    .. outlook.Culls.Take(firstMax).Select(c => rows.Find(c.Item)).OfType<CacheSeen>()
                        .Select(r => Line(r, limits, culls, holds)),
                ],
                settings, outlook, CacheReading.Absent(sights))
            {
                CanUndo = canUndo,
            };
        });
    }

    /// <summary>
    /// While it equals the last one, a list says the same, but for what time alone brings, how far copies have come and
    /// how full the disks are.
    /// No row is looked at for it that did not change.
    /// </summary>
    public object Stamp()
    {
        var (settings, sights) = (_reading.Settings(), _volumes.Sights());
        var absent = string.Join('\n', CacheReading.Absent(sights));
        return (_shelf.Stamp(CacheReading.Present(sights)), settings, absent, CanUndo());
    }

    /// <summary>There is an act on a row, and nothing later changed what it did.</summary>
    private bool CanUndo()
    {
        NumberedChange? last;
        using (var db = _database.OpenReader()) last = CacheTable.Last(db, null);
        return last is not null
            && CacheActs.Undo(MarkOf(last.Change.Item, last.Scope), last.Change, isHere: true).Refusal is null;
    }

    /// <summary>Whether an item is one that the cache could hold: it is here, or some device says what it is.</summary>
    public bool Knows(ItemId item) =>
        FilesOf(item).Count > 0
        || _fleet.Read(state => state.Items.ContainsKey(item) || state.HoldingsOf(item).Count > 0);

    /// <summary>Starred for this device or for the whole fleet.</summary>
    public bool IsStarred(ItemId item) => _fleet.Read(state =>
        state.PinOf(item, _desk.Self) == PinKind.Star || state.PinOf(item) == PinKind.Star);

    /// <summary>Some of it is on a volume that is there.</summary>
    public bool IsHere(ItemId item) =>
        FilesOf(item).Select(f => f.Volume).Distinct().Any(v => _volumes.Look(v) is { IsPresent: true });

    /// <summary>The fleet's custody needs this device's copies.</summary>
    public bool IsBound(ItemId item) => _fleet.Read(state =>
        new CacheBonds(state, _desk.Self, NowMs()).IsBound(item));

    /// <summary>The name of its file here; null where there is none.</summary>
    public string? TitleOf(ItemId item)
    {
        using var db = _database.OpenReader();
        return StoreRows.NameOf(db, item);
    }

    internal CacheMemory Remembered(ItemId item)
    {
        using var db = _database.OpenReader();
        return CacheTable.Memory(db, item);
    }

    /// <summary>
    /// Whether a row that a look would cull may go still: asked of that item alone, by the rules of the look.
    /// </summary>
    /// <param name="goingBytes">Of rows before it that may go still, and that the disk or a torrent holds back.</param>
    internal bool MayStillGo(CacheCull cull, long goingBytes)
    {
        var (settings, sights) = (_reading.Settings(), _volumes.Sights());
        var present = CacheReading.Present(sights);
        var row = _reading.Row(cull.Item, present);
        if (!row.IsHere || CacheRules.KeepOf(row, CacheReading.Limits(settings, sights)) is not null) return false;
        if (row.Mark.IsTrashed) return true;
        // Who took it out of the trash said that it stays; the rest goes only where room is wanted.
        if (cull.Cause == CullCause.Trashed) return false;
        using var db = _database.OpenReader();
        return CacheTable.UsedBytes(db, present) - goingBytes > settings.BudgetBytes;
    }

    /// <summary>What the owner said of an item: the pin of that scope, and whether it was asked for.</summary>
    internal CacheMark MarkOf(ItemId item, PinScope scope)
    {
        var pin = _fleet.Read(state => state.PinOf(item, scope == PinScope.Device ? _desk.Self : null));
        if (scope == PinScope.Fleet) return new CacheMark(pin, false, false);
        return new CacheMark(pin, pin == PinKind.Trash, Remembered(item).IsAsked && pin != PinKind.Trash);
    }

    private IReadOnlyList<StoredFile> FilesOf(ItemId item)
    {
        using var db = _database.OpenReader();
        return StoreRows.FilesOf(db, item);
    }

    private static (Dictionary<ItemId, CullCause> Culls, Dictionary<ItemId, RestoreHold?> Holds) Ends(
        CacheOutlook outlook) => (
        outlook.Culls.ToDictionary(c => c.Item, c => c.Cause),
        outlook.Restores.ToDictionary(r => r.Item, r => r.Hold));

    private static CacheLine Line(
        CacheSeen seen, CacheLimits limits, Dictionary<ItemId, CullCause> culls,
        Dictionary<ItemId, RestoreHold?> holds) => seen.Judged(
        seen.Row.IsHere ? CacheRules.KeepOf(seen.Row, limits) : null,
        culls.TryGetValue(seen.Item, out var cull) ? cull : null, holds.GetValueOrDefault(seen.Item));

    /// <summary>What comes has come further since it was kept.</summary>
    private CacheLine Current(CacheLine line, CacheSeen seen) =>
        seen is { State: CacheState.Coming, Copy: { } copy }
            ? line with { ComingBytes = _copies.ProgressOf(copy).Bytes }
            : line;

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
