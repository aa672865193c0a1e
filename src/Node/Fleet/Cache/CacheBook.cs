using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>
/// Puts the rows of this device's cache together from its files, the fleet's pins, and what is remembered of each.
/// </summary>
public sealed class CacheBook(
    Database database, FleetBook fleet, FleetDesk desk, Volumes volumes, CopyDesk copies, CacheUses uses,
    ReleaseBook releases, TimeProvider time)
{
    private const int IdShown = 12;

    /// <summary>All rows, judged now.</summary>
    public CacheView Look()
    {
        var nowMs = NowMs();
        var (facts, sights) = (Facts(null), volumes.Sights());
        var (settings, present) = (facts.Settings, Present(sights));
        var rows = Rows(facts, present, nowMs);
        var limits = Limits(settings, sights, present);
        // What lies on a volume that is not there is neither counted nor fetched a second time.
        var judged = CacheRules.Judge(
            [.. rows.Where(r => !r.IsOnAbsent).Select(r => r.Row)], limits, nowMs);
        return new CacheView(
            Lines(rows, judged, facts), settings, judged,
            [.. sights.Where(s => !s.IsPresent).Select(s => s.Volume.Name).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Whether an item is one that the cache could hold: it is here, or some device says what it is.</summary>
    public bool Knows(ItemId item) =>
        FilesOf(item).Count > 0
        || fleet.Read(state => state.Items.ContainsKey(item) || state.HoldingsOf(item).Count > 0);

    /// <summary>Starred for this device or for the whole fleet.</summary>
    public bool IsStarred(ItemId item) => fleet.Read(state =>
        state.PinOf(item, desk.Self) == PinKind.Star || state.PinOf(item) == PinKind.Star);

    /// <summary>Some of it is on a volume that is there.</summary>
    public bool IsHere(ItemId item) =>
        FilesOf(item).Select(f => f.Volume).Distinct().Any(v => volumes.Look(v) is { IsPresent: true });

    /// <summary>The fleet's custody needs this device's copies.</summary>
    public bool IsBound(ItemId item) => fleet.Read(state =>
        new CacheBonds(state, desk.Self, NowMs()).IsBound(item));

    /// <summary>The name of its file here; null where there is none.</summary>
    public string? TitleOf(ItemId item)
    {
        using var db = database.OpenReader();
        return StoreRows.NameOf(db, item);
    }

    internal CacheMemory Remembered(ItemId item)
    {
        using var db = database.OpenReader();
        return CacheTable.Memory(db, item);
    }

    /// <summary>
    /// Whether a row that a look would cull may go still: asked of that item alone, by the rules of the look.
    /// </summary>
    /// <param name="goingBytes">Of rows before it that may go still, and that the disk or a torrent holds back.</param>
    internal bool MayStillGo(CacheCull cull, long goingBytes)
    {
        var (facts, sights) = (Facts(cull.Item), volumes.Sights());
        var (settings, present, nowMs) = (facts.Settings, Present(sights), NowMs());
        var row = fleet.Read(state => Row(
            state, new CacheBonds(state, desk.Self, nowMs), cull.Item, facts, present)).Row;
        if (!row.IsHere || CacheRules.KeepOf(row, Limits(settings, sights, present)) is not null) return false;
        if (row.Mark.IsTrashed) return true;
        // Who took it out of the trash said that it stays; the rest goes only where room is wanted.
        if (cull.Cause == CullCause.Trashed) return false;
        using var db = database.OpenReader();
        return CacheTable.UsedBytes(db, present) - goingBytes > settings.BudgetBytes;
    }

    /// <summary>What the owner said of an item: the pin of that scope, and whether it was asked for.</summary>
    internal CacheMark MarkOf(ItemId item, PinScope scope)
    {
        var pin = fleet.Read(state => state.PinOf(item, scope == PinScope.Device ? desk.Self : null));
        if (scope == PinScope.Fleet) return new CacheMark(pin, false, false);
        return new CacheMark(pin, pin == PinKind.Trash, Remembered(item).IsAsked && pin != PinKind.Trash);
    }

    private IReadOnlyList<StoredFile> FilesOf(ItemId item)
    {
        using var db = database.OpenReader();
        return StoreRows.FilesOf(db, item);
    }

    /// <summary>Of one item, or of all.</summary>
    private CacheFacts Facts(ItemId? only)
    {
        using var db = database.OpenReader();
        return new CacheFacts(
            CacheTable.Settings(db),
            only is { } item
                ? new Dictionary<ItemId, CacheMemory> { [item] = CacheTable.Memory(db, item) }
                : CacheTable.Memories(db),
            CacheTable.Files(db, only).ToLookup(f => f.Item),
            CacheTable.Aside(db).Select(a => a.Item).ToHashSet(),
            copies.All().ToLookup(c => c.Item), releases.Bound());
    }

    private static HashSet<VolumeId> Present(IReadOnlyList<VolumeSight> sights) =>
        [.. sights.Where(s => s.IsPresent).Select(s => s.Volume.Id)];

    private static CacheLimits Limits(
        CacheSettings settings, IReadOnlyList<VolumeSight> sights, HashSet<VolumeId> present) => new(
        settings.BudgetBytes, sights.Select(s => s.RoomBytes).DefaultIfEmpty().Max(), present.Count > 0,
        settings.CullsManual);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private List<Seen> Rows(CacheFacts facts, HashSet<VolumeId> present, long nowMs) => fleet.Read(state =>
    {
        var bonds = new CacheBonds(state, desk.Self, nowMs);
        var pinned = state.Pins
            .Where(p => p.Key.Device == desk.Self && p.Value != PinKind.None).Select(p => p.Key.Item);
        var items = facts.Files.Select(f => f.Key).Concat(pinned)
            .Concat(facts.Memories.Values.Where(m => m.IsAsked).Select(m => m.Item)).Distinct();
        return items.Select(item => Row(state, bonds, item, facts, present)).ToList();
    });

    private Seen Row(
        FleetState state, CacheBonds bonds, ItemId item, CacheFacts facts, HashSet<VolumeId> present)
    {
        var files = facts.Files[item].ToList();
        var here = files.Where(f => present.Contains(f.Volume)).ToList();
        var memory = facts.Memories.GetValueOrDefault(item) ?? CacheMemory.None(item);
        var copy = facts.Copies[item].LastOrDefault();
        var size = state.Items.TryGetValue(item, out var known) ? known.SizeBytes
            : files is [var file, ..] ? file.SizeBytes
            : 0;
        var pin = state.PinOf(item, desk.Self);
        var isFleetStarred = state.PinOf(item) == PinKind.Star;
        // A star of the fleet protects what is here; it fetches nothing to this device.
        var shown = pin == PinKind.None && isFleetStarred && here.Count > 0 ? PinKind.Star : pin;
        var use = uses.Of(item);
        if (use == CacheUse.Idle && copy is { State: CopyStates.Waiting or CopyStates.Running })
            use = CacheUse.Downloading;
        // Another device relies on a copy that it was promised, whatever that copy counts.
        var isBound = facts.Bound.Contains(item) || bonds.IsBound(item);
        return new Seen(
            new CacheRow(
                item, size, here.Sum(h => h.SizeBytes), use, isBound, memory.PlayedMs ?? memory.CameMs ?? 0,
                memory.WatchedMs, facts.Copies[item].All(c => c.State != CopyStates.Done),
                new CacheMark(shown, pin == PinKind.Trash, memory.IsAsked && pin != PinKind.Trash), memory.Failures,
                memory.TriedMs),
            files is [var named, ..] ? named.Title : memory.Title ?? item.ToString()[..IdShown],
            isFleetStarred, here.Count == 0 && files.Count > 0, copy);
    }

    private static List<CacheLine> Lines(List<Seen> rows, CacheJudgement judged, CacheFacts facts)
    {
        var keeps = judged.Keeps.ToDictionary(k => k.Item, k => k.Cause);
        var culls = judged.Culls.ToDictionary(c => c.Item, c => c.Cause);
        var holds = judged.Restores.ToDictionary(r => r.Item, r => r.Hold);
        return
        [
            .. rows.Select(r => new CacheLine(
                    r.Row, r.Title, StateOf(r, facts), r.IsFleetStarred,
                    facts.Memories.GetValueOrDefault(r.Row.Item)?.PlayedMs, r.Copy?.Progress.Bytes ?? 0,
                    r.Copy?.Code ?? facts.Memories.GetValueOrDefault(r.Row.Item)?.Code,
                    keeps.TryGetValue(r.Row.Item, out var keep) ? keep : null,
                    culls.TryGetValue(r.Row.Item, out var cull) ? cull : null,
                    holds.GetValueOrDefault(r.Row.Item)))
                .OrderBy(l => l.Title, StringComparer.OrdinalIgnoreCase).ThenBy(l => l.Item),
        ];
    }

    private static CacheState StateOf(Seen seen, CacheFacts facts) =>
        seen.Row.IsHere ? CacheState.Here
        : seen.IsOnAbsent ? CacheState.VolumeAbsent
        : seen.Row.Use == CacheUse.Downloading ? CacheState.Coming
        : facts.Aside.Contains(seen.Row.Item) ? CacheState.Aside
        : seen.Row.Mark.IsTrashed ? CacheState.Trashed
        : CacheState.Missing;

    /// <param name="IsOnAbsent">All of it here is on volumes that are not there now.</param>
    private sealed record Seen(CacheRow Row, string Title, bool IsFleetStarred, bool IsOnAbsent, CopyView? Copy);

    private sealed record CacheFacts(
        CacheSettings Settings, IReadOnlyDictionary<ItemId, CacheMemory> Memories,
        ILookup<ItemId, CachedFile> Files, IReadOnlySet<ItemId> Aside, ILookup<ItemId, CopyView> Copies,
        IReadOnlySet<ItemId> Bound);
}
