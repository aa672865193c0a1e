using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Rings;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>An observation that may leave this node, ready to be written.</summary>
public sealed record ReadyObservation(string Part, Kind Kind, ReadOnlyMemory<byte> Payload, IReadOnlyList<string> Keys)
{
    /// <summary>Null, and the member at fault, where other nodes would not read it.</summary>
    public static ReadyObservation? Of(IObservation observed, IReadOnlyList<DisclosableKey> keys, out string? fault) =>
        NetPayloads.Write(observed, keys, out fault) is { } payload
            ? new ReadyObservation(observed.Part, NetPayloads.KindOf(observed), payload, observed.Key)
            : null;
}

/// <summary>Observations on their way into the log: written together, hourly or when the owner publishes.</summary>
/// <remarks>
/// Every event carries a clock. Written as they are made, observations would tell when somebody watched what; an hour's
/// worth at once tells the hour, which they say themselves. What waits is on disk, and counts here already.
/// </remarks>
public sealed class ObservationQueue(
    Database database, LogWriter writer, OwnParts parts, PartRecords records, Sharing sharing, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<ObservationQueue> log) : BackgroundService
{
    /// <summary>A season of an hour; more waits for the next one.</summary>
    private const int AtOnceMax = 20_000;

    /// <summary>Events in one request to the writer.</summary>
    private const int ChunkMax = 500;

    private readonly SemaphoreSlim _flushing = new(1);

    public override void Dispose()
    {
        _flushing.Dispose();
        base.Dispose();
    }

    /// <summary>Keeps observations until the next hour; durable when it returns.</summary>
    public Task AddAsync(IReadOnlyList<ReadyObservation> ready, CancellationToken cancellation) =>
        writer.OnWriterAsync(
            db =>
            {
                foreach (var one in ready)
                {
                    var no = db.QuerySingle<long>(
                        "INSERT INTO part_pending (part, kind, payload) VALUES (@Part, @Kind, @Payload) RETURNING no",
                        new { one.Part, Kind = one.Kind.Name, Payload = one.Payload.ToArray() });
                    foreach (var key in one.Keys)
                        db.Execute("INSERT INTO part_pending_keys (key, no) VALUES (@key, @no)", new { key, no });
                }

                return ready.Count;
            },
            cancellation);

    /// <summary>What waits, by part.</summary>
    public IReadOnlyDictionary<string, int> Waiting()
    {
        using var db = database.OpenReader();
        return db.Query<(string Part, long Count)>("SELECT part, count(*) FROM part_pending GROUP BY part")
            .ToDictionary(r => r.Part, r => (int)r.Count, StringComparer.Ordinal);
    }

    /// <summary>Takes back what waits; it never enters the log. False where there is no such row.</summary>
    public async Task<bool> DropAsync(long no, CancellationToken cancellation) =>
        await writer.OnWriterAsync(
            db =>
            {
                db.Execute("DELETE FROM part_pending_keys WHERE no = @no", new { no });
                return db.Execute("DELETE FROM part_pending WHERE no = @no", new { no });
            },
            cancellation) > 0;

    /// <summary>
    /// Writes what waits of one part, or of all; how much was written. Durable when it returns. What cannot be written
    /// now goes on waiting.
    /// </summary>
    public async Task<int> FlushAsync(string? only, CancellationToken cancellation)
    {
        await _flushing.WaitAsync(cancellation);
        try
        {
            await MoveAsync(cancellation);
            var written = 0;
            foreach (var part in Waiting().Keys.Where(p => only is null || p == only).Order(StringComparer.Ordinal))
                written += await FlushPartAsync(part, cancellation);
            return written;
        }
        finally
        {
            _flushing.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            while (true)
            {
                // Observations of this hour say this hour, so the batch may only come after it.
                var now = time.GetUtcNow();
                var next = now.AddHours(1);
                next = next.AddTicks(-(next.Ticks % TimeSpan.TicksPerHour));
                await Task.Delay(next - now, time, stoppingToken);
                await FlushAsync(null, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>
    /// What a device wrote before it joined its fleet is the fleet's word from then on, and no second vote beside it.
    /// </summary>
    private async Task MoveAsync(CancellationToken cancellation)
    {
        foreach (var (group, part) in parts.LeftBehind())
        {
            await AddAsync(records.Written(group, part), cancellation);
            await sharing.LeaveAsync(group, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
        }
    }

    private async Task<int> FlushPartAsync(string part, CancellationToken cancellation)
    {
        var rows = Read(part);
        try
        {
            if (await parts.OpenAsync(part, cancellation) is not { } group)
            {
                NodeLog.ObservationsWait(log, part, Refusal.NotReady);
                return 0;
            }

            foreach (var some in rows.Chunk(ChunkMax))
            {
                await writer.WriteAsync(
                    group, [.. some.Select(r => new Draft(new Kind(r.Kind), r.Payload, []))], cancellation);
                // Written twice where the power goes between these two: the same word of the same fleet.
                await ForgetAsync(some[0].No, some[^1].No, part, cancellation);
            }
        }
        catch (LogRefusedException refused)
        {
            NodeLog.ObservationsWait(log, part, refused.Refusal);
            return 0;
        }

        NodeLog.ObservationsWritten(log, rows.Count, part);
        return rows.Count;
    }

    private List<(long No, string Kind, byte[] Payload)> Read(string part)
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(long No, string Kind, byte[] Payload)>(
                "SELECT no, kind, payload FROM part_pending WHERE part = @part ORDER BY no LIMIT @AtOnceMax",
                new { part, AtOnceMax }),
        ];
    }

    private Task<int> ForgetAsync(long first, long last, string part, CancellationToken cancellation) =>
        writer.OnWriterAsync(
            db => db.Execute(
                """
                DELETE FROM part_pending_keys WHERE no IN (
                    SELECT no FROM part_pending WHERE part = @part AND no BETWEEN @first AND @last);
                DELETE FROM part_pending WHERE part = @part AND no BETWEEN @first AND @last;
                """,
                new { part, first, last }),
            cancellation);
}
