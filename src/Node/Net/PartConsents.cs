using System.Collections.Concurrent;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>What the owner agreed to: which parts friends may read here, and which of theirs this node reads.</summary>
/// <remarks>Asked on every request, so that what is taken back ends with the next. Safe from any thread.</remarks>
public sealed class PartConsents : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly ConcurrentDictionary<string, long> _shared = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Part, string Trust), Subscription> _subscriptions = new();
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;

    public PartConsents(Database database, LogWriter writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        using var db = database.OpenReader();
        foreach (var row in db.Query<(string Part, long SinceMs)>("SELECT part, since_ms FROM part_shared"))
            _shared[row.Part] = row.SinceMs;
        var rows = db.Query<(string Part, string Trust, long? Edition, long Sources, long Least, byte[]? By, long? K)>(
            "SELECT part, trust, edition, sources_min, confidence_min, aggregator, k FROM part_subscriptions");
        foreach (var row in rows)
            _subscriptions[(row.Part, row.Trust)] = new Subscription(
                row.Part, row.Trust, row.Edition, (int)row.Sources, (int)row.Least,
                row.By is { } by ? new NodeId(new Hash256(by)) : null, (int?)row.K);
    }

    public IReadOnlyList<Subscription> Subscriptions =>
        [.. _subscriptions.Values.OrderBy(s => s.Part + ' ' + s.Trust, StringComparer.Ordinal)];

    public Subscription? Find(string part, string trust) => _subscriptions.GetValueOrDefault((part, trust));

    /// <summary>Since when friends may read a part of this fleet, Unix milliseconds; null where they may not.</summary>
    public long? SharedSince(string part) => _shared.TryGetValue(part, out var since) ? since : null;

    public bool Shares(string part) => _shared.ContainsKey(part);

    /// <summary>Lets friends read a part, or no longer. Durable when it returns.</summary>
    public async Task ShareAsync(string part, bool isShared, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            // Whoever is to read no more does not wait for the disk, and what is begun is finished.
            if (!isShared) _shared.TryRemove(part, out _);
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            await _writer.OnWriterAsync(
                db => db.Execute(
                    isShared
                        ? "INSERT OR IGNORE INTO part_shared (part, since_ms) VALUES (@part, @now)"
                        : "DELETE FROM part_shared WHERE part = @part",
                    new { part, now }),
                CancellationToken.None);
            if (isShared) _shared.TryAdd(part, now);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Subscribes, or changes a subscription. Durable when it returns; null where it was done.</summary>
    public async Task<Problem?> SubscribeAsync(Subscription wanted, CancellationToken cancellation)
    {
        if (wanted.Fault() is { } fault) return fault;
        await _changing.WaitAsync(cancellation);
        try
        {
            await SaveAsync(wanted);
            _subscriptions[(wanted.Part, wanted.Trust)] = wanted;
        }
        finally
        {
            _changing.Release();
        }

        return null;
    }

    /// <summary>Ends a subscription; false where there is none. Durable when it returns.</summary>
    public async Task<bool> UnsubscribeAsync(string part, string trust, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (!_subscriptions.TryRemove((part, trust), out _)) return false;
            await _writer.OnWriterAsync(
                db => db.Execute(
                    "DELETE FROM part_subscriptions WHERE part = @part AND trust = @trust", new { part, trust }),
                CancellationToken.None);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    private Task<int> SaveAsync(Subscription wanted) =>
        _writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT OR REPLACE INTO part_subscriptions
                    (part, trust, edition, sources_min, confidence_min, aggregator, k)
                VALUES (@Part, @Trust, @Edition, @SourcesMin, @ConfidenceMin, @By, @K)
                """,
                new
                {
                    wanted.Part,
                    wanted.Trust,
                    wanted.Edition,
                    wanted.SourcesMin,
                    wanted.ConfidenceMin,
                    By = wanted.Aggregator?.Value.ToArray(),
                    wanted.K,
                }),
            CancellationToken.None);
}
