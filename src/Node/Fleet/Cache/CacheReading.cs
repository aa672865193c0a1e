using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>
/// Puts rows of this device's cache together from its files, the fleet's pins, and what is remembered of each.
/// </summary>
internal sealed class CacheReading(
    Database database, FleetBook fleet, FleetDesk desk, CopyDesk copies, CacheUses uses,
    ReleaseBook releases, TimeProvider time)
{
    private const int IdShown = 12;

    /// <summary>Rows of some items, or all rows; an item without a row has none.</summary>
    public List<CacheSeen> Rows(IReadOnlyCollection<ItemId>? only, IReadOnlySet<VolumeId> present)
    {
        var (facts, nowMs) = (Facts(only), time.GetUtcNow().ToUnixTimeMilliseconds());
        return fleet.Read(state =>
        {
            var bonds = new CacheBonds(state, desk.Self, nowMs);
            return Items(state, facts, only).Select(item => Row(state, bonds, item, facts, present)).ToList();
        });
    }

    /// <summary>As the look puts it, whether or not it has a row.</summary>
    public CacheRow Row(ItemId item, IReadOnlySet<VolumeId> present)
    {
        var (facts, nowMs) = (Facts([item]), time.GetUtcNow().ToUnixTimeMilliseconds());
        return fleet.Read(state =>
            Row(state, new CacheBonds(state, desk.Self, nowMs), item, facts, present)).Row;
    }

    public CacheSettings Settings()
    {
        using var db = database.OpenReader();
        return CacheTable.Settings(db);
    }

    /// <summary>Grows with every file that comes, goes, moves or turns out to be an item.</summary>
    public long FilesStamp() => LibraryReading.StampOf(database);

    public static HashSet<VolumeId> Present(IReadOnlyList<VolumeSight> sights) =>
        [.. sights.Where(s => s.IsPresent).Select(s => s.Volume.Id)];

    public static CacheLimits Limits(CacheSettings settings, IReadOnlyList<VolumeSight> sights) => new(
        settings.BudgetBytes, sights.Select(s => s.RoomBytes).DefaultIfEmpty().Max(), sights.Any(s => s.IsPresent),
        settings.CullsManual);

    public static IReadOnlyList<string> Absent(IReadOnlyList<VolumeSight> sights) =>
        [.. sights.Where(s => !s.IsPresent).Select(s => s.Volume.Name).Order(StringComparer.Ordinal)];

    private CacheFacts Facts(IReadOnlyCollection<ItemId>? only)
    {
        using var db = database.OpenReader();
        return new CacheFacts(
            CacheTable.Memories(db, only), CacheTable.Files(db, only).ToLookup(f => f.Item),
            CacheTable.Aside(db).Select(a => a.Item).ToHashSet(),
            (only is null ? copies.All() : copies.Of(only)).ToLookup(c => c.Item), releases.Bound());
    }

    private IEnumerable<ItemId> Items(FleetState state, CacheFacts facts, IReadOnlyCollection<ItemId>? only)
    {
        if (only is not null)
            return only.Where(item => facts.Files.Contains(item)
                || state.PinOf(item, desk.Self) != PinKind.None
                || facts.Memories.GetValueOrDefault(item) is { IsAsked: true });
        var pinned = state.Pins
            .Where(p => p.Key.Device == desk.Self && p.Value != PinKind.None).Select(p => p.Key.Item);
        return facts.Files.Select(f => f.Key).Concat(pinned)
            .Concat(facts.Memories.Values.Where(m => m.IsAsked).Select(m => m.Item)).Distinct();
    }

    private CacheSeen Row(
        FleetState state, CacheBonds bonds, ItemId item, CacheFacts facts, IReadOnlySet<VolumeId> present)
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
        // What is watched from another device is no use of a copy here, and hides none that is under way.
        if ((use == CacheUse.Idle || here.Count == 0)
            && copy is { State: CopyStates.Waiting or CopyStates.Running }) use = CacheUse.Downloading;
        // Another device relies on a copy that it was promised, whatever that copy counts.
        var isBound = facts.Bound.Contains(item) || bonds.IsBound(item);
        var row = new CacheRow(
            item, size, here.Sum(h => h.SizeBytes), use, isBound, memory.PlayedMs ?? memory.CameMs ?? 0,
            memory.WatchedMs, facts.Copies[item].All(c => c.State != CopyStates.Done),
            new CacheMark(shown, pin == PinKind.Trash, memory.IsAsked && pin != PinKind.Trash), memory.Failures,
            memory.TriedMs);
        return new CacheSeen(
            row, files is [var named, ..] ? named.Title : memory.Title ?? item.ToString()[..IdShown],
            StateOf(row, here.Count == 0 && files.Count > 0, facts), isFleetStarred, memory.PlayedMs,
            copy?.Code ?? memory.Code, copy);
    }

    private static CacheState StateOf(CacheRow row, bool isOnAbsent, CacheFacts facts) =>
        row.IsHere ? CacheState.Here
        : isOnAbsent ? CacheState.VolumeAbsent
        : row.Use == CacheUse.Downloading ? CacheState.Coming
        : facts.Aside.Contains(row.Item) ? CacheState.Aside
        : row.Mark.IsTrashed ? CacheState.Trashed
        : CacheState.Missing;

    private sealed record CacheFacts(
        IReadOnlyDictionary<ItemId, CacheMemory> Memories, ILookup<ItemId, CachedFile> Files,
        IReadOnlySet<ItemId> Aside, ILookup<ItemId, CopyView> Copies, IReadOnlySet<ItemId> Bound);
}
