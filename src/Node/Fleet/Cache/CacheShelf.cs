using Anarchive.Fleet;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>How often all rows were read, and how often one changed since.</summary>
internal readonly record struct CacheStamp(long Readings, long Changes);

/// <summary>The rows of the cache in memory, brought up to date whenever somebody looks.</summary>
/// <remarks>
/// Any thread. What was starred, trashed, played or fetched, what the fleet says of an item and files that arrive are
/// read again at once, one by one. What concerns all rows, such as a device that is lost, is read before anybody is
/// answered where there are few; where there are many it shows soon after.
/// </remarks>
internal sealed class CacheShelf(
    CacheReading reading, CacheNews news, CacheUses uses, ReleaseBook releases, FleetBook fleet, TimeProvider time,
    ILogger<CacheShelf> log) : IAsyncDisposable
{
    /// <summary>So many are read in a few milliseconds.</summary>
    internal int SmallMax { get; set; } = 2_000;

    /// <summary>Of more at once all rows are read anew.</summary>
    private const int ChangedMax = 500;

    /// <summary>Rows that nobody looked at for long are read before they are shown, however many.</summary>
    private static readonly TimeSpan WhileAway = TimeSpan.FromMinutes(10);

    /// <summary>While much changes, all rows are read no more often, and a quarter of the time at most.</summary>
    private static readonly TimeSpan RestMin = TimeSpan.FromSeconds(2);

    private const int RestFactor = 3;

    /// <summary>Proofs of copies elsewhere grow old without a sign; what takes long is read for it more seldom.
    /// </summary>
    private static readonly TimeSpan OldAfter = TimeSpan.FromSeconds(30);

    private const int OldFactor = 60;

    private readonly Lock _gate = new();
    private readonly FleetFollower _follower = fleet.Follow();
    private readonly List<Pass> _passes = [];
    private CacheRows? _rows;
    private Pass? _last;
    private IReadOnlySet<(ItemId Item, CacheUse Use)> _inUse = new HashSet<(ItemId, CacheUse)>();
    private IReadOnlySet<ItemId> _promised = new HashSet<ItemId>();
    private bool _isNews;
    private long _readings;
    private TimeSpan _took;
    private Task _background = Task.CompletedTask;

    /// <summary>Asks the rows of now, or those of a moment ago.</summary>
    public T Read<T>(IReadOnlySet<VolumeId> present, Func<CacheRows, T> question)
    {
        if (MustReadFirst(present)) ReadAll(present);
        lock (_gate)
        {
            // Another thread may have changed the volumes' standing; what it read is as young.
            var rows = _rows!;
            if (IsOld() && _background.IsCompleted && Since(_last!) >= Longer(_took * RestFactor, RestMin))
                _background = Task.Run(() => TryReadAll(present), CancellationToken.None);
            return question(rows);
        }
    }

    /// <summary>While it equals the last one, no row came, went or changed: found out without asking any.</summary>
    public CacheStamp Stamp(IReadOnlySet<VolumeId> present) =>
        Read(present, rows => new CacheStamp(_readings, rows.Changes));

    /// <summary>Reads all rows, and keeps them.</summary>
    public IReadOnlyList<CacheSeen> ReadAll(IReadOnlySet<VolumeId> present)
    {
        Pass pass;
        lock (_gate)
        {
            // What changes from here on is read once more; until then those who look see what changed until now.
            var changed = Changed();
            try
            {
                if (_rows is not null && changed.Count <= ChangedMax) Renew(changed);
                pass = new Pass(time.GetTimestamp(), reading.FilesStamp(), present);
            }
            catch
            {
                // What changed is not told again.
                _isNews = true;
                throw;
            }

            _isNews = false;
            _passes.Add(pass);
        }

        IReadOnlyList<CacheSeen>? seen = null;
        CacheRows? rows = null;
        try
        {
            seen = reading.Rows(null, present);
            rows = new CacheRows(seen);
            return seen;
        }
        finally
        {
            lock (_gate)
            {
                _passes.Remove(pass);
                if (rows is null) _isNews = true;
                else Keep(pass, rows, seen!);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _background;
        _follower.Dispose();
    }

    private void Keep(Pass pass, CacheRows rows, IReadOnlyList<CacheSeen> seen)
    {
        if (_last is { } last && last.BegunAt > pass.BegunAt) return;
        (_rows, _last, _took) = (rows, pass, Since(pass));
        _readings++;
        NoteUses(seen);
        Renew(pass.Meanwhile);
    }

    /// <summary>Notes what changed, and says whether all has to be read before anybody is answered.</summary>
    private bool MustReadFirst(IReadOnlySet<VolumeId> present)
    {
        lock (_gate)
        {
            var changed = Changed();
            if (_rows is not { } rows || !present.SetEquals(_last!.Present)) return true;
            if (changed.Count > ChangedMax) _isNews = true;
            else Renew(changed);
            return IsOld() && (rows.Total <= SmallMax || Since(_last!) >= WhileAway);
        }
    }

    private bool IsOld() => _isNews || _last!.Stamp != reading.FilesStamp()
        || Since(_last) >= Longer(_took * OldFactor, OldAfter);

    /// <summary>Items of which something may have changed since this was asked last.</summary>
    private HashSet<ItemId> Changed()
    {
        var (inUse, promised) = (uses.Now(), releases.Bound());
        var changed = news.Take().ToHashSet();
        changed.UnionWith(_follower.Read((_, fleetNews) =>
        {
            // Where all devices are judged anew, so is what they keep.
            _isNews |= fleetNews.Registry || fleetNews.Everything || fleetNews.Probed.Count > 0;
            return fleetNews.Items;
        }));
        changed.UnionWith(inUse.Except(_inUse).Concat(_inUse.Except(inUse)).Select(u => u.Item));
        changed.UnionWith(promised.Except(_promised).Concat(_promised.Except(promised)));
        (_inUse, _promised) = (inUse, promised);
        foreach (var pass in _passes) pass.Meanwhile.UnionWith(changed);
        return changed;
    }

    private void Renew(HashSet<ItemId> items)
    {
        if (items.Count == 0) return;
        if (items.Count > ChangedMax)
        {
            _isNews = true;
            return;
        }

        try
        {
            var seen = reading.Rows(items, _last!.Present);
            var fresh = seen.ToDictionary(r => r.Item);
            foreach (var item in items)
                if (fresh.TryGetValue(item, out var row)) _rows!.Put(row);
                else _rows!.Remove(item);
            NoteUses(seen);
        }
        catch
        {
            // What changed is not told again.
            _isNews = true;
            throw;
        }
    }

    /// <summary>A use that began after it was asked about and shows in a row: its end has to be a change.</summary>
    private void NoteUses(IEnumerable<CacheSeen> seen) => _inUse = _inUse
        .Concat(seen.Where(r => r.Row.Use is CacheUse.Playing or CacheUse.Copying).Select(r => (r.Item, r.Row.Use)))
        .ToHashSet();

    private void TryReadAll(IReadOnlySet<VolumeId> present)
    {
        try
        {
            ReadAll(present);
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            NodeLog.CacheFailed(log);
        }
    }

    private TimeSpan Since(Pass pass) => time.GetElapsedTime(pass.BegunAt);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>All rows being read.</summary>
    /// <param name="Stamp">Of the files, before.</param>
    private sealed record Pass(long BegunAt, long Stamp, IReadOnlySet<VolumeId> Present)
    {
        public HashSet<ItemId> Meanwhile { get; } = [];
    }
}
