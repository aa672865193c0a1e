using System.Collections.Concurrent;
using Anarchive.Fleet;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Tells the cache what a player is given: it is not culled meanwhile, and was played just now.</summary>
/// <remarks>Any thread. Whether it was played to its end its player alone can say.</remarks>
public sealed class Plays(CacheUses uses, CacheNews news, TimeProvider time)
{
    /// <summary>A player asks every few seconds; it is noted once in this time.</summary>
    private const long NoteEveryMs = 60_000;

    private readonly ConcurrentDictionary<ItemId, long> _noted = new();

    /// <summary>In use until the result is disposed, and for a while after.</summary>
    public async Task<IDisposable> BeginAsync(ItemId item, CancellationToken cancellation)
    {
        var use = uses.BeginPlaying(item);
        try
        {
            await NoteAsync(item, cancellation);
            return use;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Its bytes are read, and nobody plays it yet: it is not culled until the result is disposed.
    /// </summary>
    public IDisposable BeginLooking(ItemId item) => uses.Begin(item, CacheUse.Playing);

    /// <summary>
    /// It is being played; durable when it returns, unless that was noted a moment ago. A disk that refuses
    /// the note keeps nobody from playing.
    /// </summary>
    public async Task NoteAsync(ItemId item, CancellationToken cancellation)
    {
        uses.Plays(item);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (_noted.TryGetValue(item, out var before) && nowMs - before is >= 0 and < NoteEveryMs) return;
        foreach (var (old, atMs) in _noted)
            if (nowMs - atMs is < 0 or >= NoteEveryMs) _noted.TryRemove(old, out _);
        _noted[item] = nowMs;
        try
        {
            await news.WriteAsync(
                item, db => CacheTable.Change(db, item, m => m with { PlayedMs = nowMs }), cancellation);
        }
        catch (SqliteException)
        {
            _noted.TryRemove(item, out _);
        }
    }
}
