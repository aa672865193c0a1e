using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Net;
using Dapper;

namespace Anarchive.Node;

/// <summary>What is watched on this device, and what its fleet says of what is watched on others.</summary>
/// <remarks>
/// Notes stay in a table of this device; <see cref="WatchTeller"/> tells the fleet of them now and then. Of an item the
/// later word counts. Any thread.
/// </remarks>
public sealed class WatchBook(
    Database database, LogWriter writer, CacheDesk cache, Plays plays, FleetBook fleet, FleetDesk desk,
    WatchSignals signals, NodeClock clock)
    : IDisposable
{
    private const string Columns = "item, position_ms, duration_ms, at_ms, watched_ms";

    /// <summary>More are not watched at once on one device.</summary>
    private const int ToldMax = 50;

    /// <summary>Of what is forgotten nothing is told any more.</summary>
    private readonly SemaphoreSlim _telling = new(1);

    /// <summary>The revision up to which what others forgot is gone here.</summary>
    private long _dropped = -1;

    private static Problem BadPosition { get; } = new(
        "bad_position", 400, "A place lies between the beginning of a film and its end.");

    /// <summary>Somebody plays it and is there. Durable when it returns.</summary>
    /// <returns><c>bad_position</c>; null where it was noted.</returns>
    public async Task<Problem?> NoteAsync(ItemId item, ViewingPlace place, CancellationToken cancellation)
    {
        if (!place.IsSound) return BadPosition;
        await plays.NoteAsync(item, cancellation);
        return await SaidAsync(item, place, cancellation);
    }

    /// <summary>
    /// Somebody says how far they came, wherever they watched it: nobody plays it here. Durable when it returns.
    /// </summary>
    /// <returns><c>bad_position</c>; null where it was noted.</returns>
    public async Task<Problem?> SaidAsync(ItemId item, ViewingPlace place, CancellationToken cancellation)
    {
        if (!place.IsSound) return BadPosition;
        var (before, told) = (Here(item), Told(item));
        // Clocks of two devices differ: what is noted here now is later than what was heard before.
        var nowMs = Math.Max(clock.NowMs(), (told?.AtMs ?? 0) + 1);
        var isFirst = place.IsWatched && before is not { Place.IsWatched: true };
        var watchedMs = place.IsWatched ? nowMs : Viewing.Latest(before, told, null)?.WatchedMs;
        await writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT INTO library_watched (item, position_ms, duration_ms, at_ms, watched_ms)
                VALUES (@item, @PositionMs, @DurationMs, @nowMs, @watchedMs)
                ON CONFLICT (item) DO UPDATE SET position_ms = excluded.position_ms,
                    duration_ms = excluded.duration_ms, at_ms = excluded.at_ms,
                    watched_ms = excluded.watched_ms
                """,
                new
                {
                    item = StoreRows.Blob(item),
                    place.PositionMs,
                    place.DurationMs,
                    nowMs,
                    watchedMs,
                }),
            cancellation);
        if (!isFirst) return null;
        // What was watched to its end may leave the cache; that it is in none is no fault.
        _ = await cache.PlayedAsync(item, toItsEnd: true, cancellation);
        // Who went back from its end, and to it again, did not watch it anew.
        if (before?.WatchedMs is not { } last || nowMs - last >= place.DurationMs)
            await signals.FinishedAsync(item, isAgain: before?.WatchedMs is not null, cancellation);
        return null;
    }

    /// <summary>As if nobody had watched it, on any device of the fleet. Durable when it returns.</summary>
    /// <returns>Why the fleet's log refuses, and then nothing was forgotten; null where it was done.</returns>
    public async Task<Problem?> ForgetAsync(ItemId item, CancellationToken cancellation)
    {
        await _telling.WaitAsync(cancellation);
        try
        {
            if (Told(item) is { Said.PositionMs: not null }
                && (await desk.SayAsync(new ViewingSet(item), dryRun: false, cancellation)).Problem is { } problem)
                return problem;
            await ForgetHereAsync([item], cancellation);
            return null;
        }
        finally
        {
            _telling.Release();
        }
    }

    public Viewing? Of(ItemId item) => Of([item]).GetValueOrDefault(item);

    public IReadOnlyDictionary<ItemId, Viewing> Of(IReadOnlyCollection<ItemId> items)
    {
        var here = Here(items);
        return fleet.Read(state => items.Distinct()
            .Select(item => Latest(state, item, here.GetValueOrDefault(item))).OfType<Viewing>()
            .ToDictionary(v => v.Item));
    }

    /// <summary>What was watched last, newest first.</summary>
    public IReadOnlyList<Viewing> Recent(int max)
    {
        var newest = NewestHere(max);
        // What other devices say is later than what was noted here, or counts for nothing.
        var told = fleet.Read(state => state.Viewings.Values.Where(v => v.Said.PositionMs is not null)
            .OrderByDescending(v => v.AtMs).ThenBy(v => v.Said.Item).Take(max).Select(v => v.Said.Item).ToList());
        return
        [
            .. Of([.. newest.Select(v => v.Item), .. told]).Values
                .OrderByDescending(v => v.AtMs).ThenBy(v => v.Item).Take(max),
        ];
    }

    /// <summary>Another once something was watched on, or forgotten.</summary>
    public (long Rows, long LastMs, long Told) Stamp()
    {
        using var db = database.OpenReader();
        var (rows, last) = db.QuerySingle<(long, long)>(
            "SELECT count(*), coalesce(max(at_ms), 0) FROM library_watched");
        return (rows, last, fleet.Read(state => state.ViewingRevision));
    }

    /// <summary>
    /// Tells the fleet what it is to hear now of what was watched here, and forgets here what was forgotten elsewhere.
    /// Durable when it returns; in no fleet nothing happens.
    /// </summary>
    /// <returns>Why the fleet's log refuses; null where all was told.</returns>
    public async Task<Problem?> TellAsync(CancellationToken cancellation)
    {
        await _telling.WaitAsync(cancellation);
        try
        {
            if (fleet.Read(state => state.Group) == default) return null;
            var nowMs = clock.NowMs();
            await DropForgottenAsync(nowMs, cancellation);
            foreach (var here in NewestHere(ToldMax))
            {
                // Noted while this clock ran ahead: told so, it would be the later word for as long.
                if (IsAhead(here, nowMs)) continue;
                var told = Told(here.Item);
                // Also where the later word is that it was forgotten.
                if (told is { } t && here.AtMs <= t.AtMs) continue;
                (ViewingPlace, long)? before = told?.Said is { PositionMs: { } at, DurationMs: { } of }
                    ? (new ViewingPlace(at, of), told.AtMs)
                    : null;
                if (!ViewingNews.IsDue(here.Place, here.AtMs, before, nowMs)) continue;
                var said = new ViewingSet(here.Item, here.Place.PositionMs, here.Place.DurationMs, here.WatchedMs);
                if ((await desk.SayAsync(said, dryRun: false, cancellation)).Problem is { } problem) return problem;
            }

            return null;
        }
        finally
        {
            _telling.Release();
        }
    }

    /// <summary>What becomes of a show's intros; asked where nobody chose.</summary>
    public SkipChoice ChoiceOf(string work)
    {
        using var db = database.OpenReader();
        return (SkipChoice)db.QueryFirstOrDefault<long>(
            "SELECT choice FROM library_choices WHERE work = @work", new { work });
    }

    /// <summary>Chooses that. Durable when it returns.</summary>
    public Task ChooseAsync(string work, SkipChoice choice, CancellationToken cancellation) => writer.OnWriterAsync(
        db => db.Execute(
            "INSERT OR REPLACE INTO library_choices (work, choice) VALUES (@work, @choice)",
            new { work, choice = (int)choice }),
        cancellation);

    public void Dispose() => _telling.Dispose();

    private Viewing? Here(ItemId item) => Here([item]).GetValueOrDefault(item);

    private Dictionary<ItemId, Viewing> Here(IReadOnlyCollection<ItemId> items)
    {
        using var db = database.OpenReader();
        return items.Distinct().Chunk(200).SelectMany(some => Read(
                db, "WHERE item IN @items", new { items = some.Select(StoreRows.Blob).ToArray() }))
            .ToDictionary(v => v.Item);
    }

    private List<Viewing> NewestHere(int max)
    {
        using var db = database.OpenReader();
        return Read(db, "ORDER BY at_ms DESC, item LIMIT @max", new { max });
    }

    private ToldViewing? Told(ItemId item) => fleet.Read(state => state.Viewings.GetValueOrDefault(item));

    private Viewing? Latest(FleetState state, ItemId item, Viewing? here)
    {
        if (!state.Viewings.TryGetValue(item, out var told)) return here;
        var on = told.On == desk.Self ? null
            : state.Devices.TryGetValue(told.On, out var device) ? device.Name
            : told.On.ToString()[..12];
        return Viewing.Latest(here, told, on);
    }

    /// <summary>What another device forgot is kept here no longer either.</summary>
    private async Task DropForgottenAsync(long nowMs, CancellationToken cancellation)
    {
        var (revision, forgotten) = fleet.Read(state => (
            state.ViewingRevision,
            state.ViewingRevision == _dropped ? []
                : state.Viewings.Values.Where(v => v.Said.PositionMs is null).Select(v => v.Said.Item).ToList()));
        var gone = Here(forgotten).Values
            .Where(v => IsAhead(v, nowMs) || (Told(v.Item) is { } told && v.AtMs <= told.AtMs))
            .Select(v => v.Item).ToList();
        if (gone.Count > 0) await ForgetHereAsync(gone, cancellation);
        _dropped = revision;
    }

    private static bool IsAhead(Viewing here, long nowMs) => here.AtMs > nowMs + Limits.ClockAheadMsMax;

    private Task<int> ForgetHereAsync(IReadOnlyCollection<ItemId> items, CancellationToken cancellation) =>
        writer.OnWriterAsync(
            db => db.Execute(
                "DELETE FROM library_watched WHERE item = @item",
                items.Select(item => new { item = StoreRows.Blob(item) })),
            cancellation);

    private static List<Viewing> Read(System.Data.IDbConnection db, string which, object with) =>
    [
        .. db.Query<(byte[] Item, long Position, long Duration, long At, long? Watched)>(
            $"SELECT {Columns} FROM library_watched {which}", with)
            .Select(r => new Viewing(
                StoreRows.Item(r.Item), new ViewingPlace(r.Position, r.Duration), r.At, r.Watched)),
    ];
}
