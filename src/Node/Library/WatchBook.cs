using Anarchive.Fleet;
using Anarchive.Net;
using Dapper;

namespace Anarchive.Node;

/// <summary>How far somebody came in an item on this device.</summary>
/// <param name="AtMs">When that was noted last; Unix milliseconds, as <paramref name="WatchedMs"/>.</param>
/// <param name="WatchedMs">When it was last watched to its end; null where it never was.</param>
public sealed record Viewing(ItemId Item, ViewingPlace Place, long AtMs, long? WatchedMs);

/// <summary>What is watched on this device. It stays here: no log tells of it.</summary>
public sealed class WatchBook(Database database, LogWriter writer, CacheDesk cache, TimeProvider time)
{
    private const string Columns = "item, position_ms, duration_ms, at_ms, watched_ms";

    /// <summary>Somebody plays it and is there. Durable when it returns.</summary>
    /// <returns><c>bad_position</c>; null where it was noted.</returns>
    public async Task<Problem?> NoteAsync(ItemId item, ViewingPlace place, CancellationToken cancellation)
    {
        if (!place.IsSound)
            return new Problem("bad_position", 400, "A place lies between the beginning of a film and its end.");
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var isFirst = place.IsWatched && Of(item) is not { Place.IsWatched: true };
        await writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT INTO library_watched (item, position_ms, duration_ms, at_ms, watched_ms)
                VALUES (@item, @PositionMs, @DurationMs, @nowMs, @watchedMs)
                ON CONFLICT (item) DO UPDATE SET position_ms = excluded.position_ms,
                    duration_ms = excluded.duration_ms, at_ms = excluded.at_ms,
                    watched_ms = coalesce(excluded.watched_ms, watched_ms)
                """,
                new
                {
                    item = StoreRows.Blob(item),
                    place.PositionMs,
                    place.DurationMs,
                    nowMs,
                    watchedMs = place.IsWatched ? nowMs : (long?)null,
                }),
            cancellation);
        // What was watched to its end may leave the cache; that it is in none is no fault.
        if (isFirst) _ = await cache.PlayedAsync(item, toItsEnd: true, cancellation);
        return null;
    }

    /// <summary>As if nobody had watched it. Durable when it returns.</summary>
    public Task ForgetAsync(ItemId item, CancellationToken cancellation) => writer.OnWriterAsync(
        db => db.Execute("DELETE FROM library_watched WHERE item = @item", new { item = StoreRows.Blob(item) }),
        cancellation);

    public Viewing? Of(ItemId item) => Of([item]).GetValueOrDefault(item);

    public IReadOnlyDictionary<ItemId, Viewing> Of(IReadOnlyCollection<ItemId> items)
    {
        using var db = database.OpenReader();
        return items.Chunk(200).SelectMany(some => Read(
                db, "WHERE item IN @items", new { items = some.Select(StoreRows.Blob).ToArray() }))
            .ToDictionary(v => v.Item);
    }

    /// <summary>What was watched last, newest first.</summary>
    public IReadOnlyList<Viewing> Recent(int max)
    {
        using var db = database.OpenReader();
        return Read(db, "ORDER BY at_ms DESC, item LIMIT @max", new { max });
    }

    /// <summary>Another once something was watched on, or forgotten.</summary>
    public (long Rows, long LastMs) Stamp()
    {
        using var db = database.OpenReader();
        return db.QuerySingle<(long, long)>("SELECT count(*), coalesce(max(at_ms), 0) FROM library_watched");
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

    private static List<Viewing> Read(System.Data.IDbConnection db, string which, object with) =>
    [
        .. db.Query<(byte[] Item, long Position, long Duration, long At, long? Watched)>(
            $"SELECT {Columns} FROM library_watched {which}", with)
            .Select(r => new Viewing(
                StoreRows.Item(r.Item), new ViewingPlace(r.Position, r.Duration), r.At, r.Watched)),
    ];
}
