using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Rings;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>An observation that may leave this node, ready to be written.</summary>
/// <param name="IsOpen">The owner said that what it names comes from an open source.</param>
public sealed record ReadyObservation(
    string Part, Kind Kind, ReadOnlyMemory<byte> Payload, IReadOnlyList<string> Keys, bool IsOpen)
{
    /// <summary>Null, and the member at fault, where other nodes would not read it.</summary>
    public static ReadyObservation? Of(
        IObservation observed, IReadOnlyList<DisclosableKey> keys, bool isOpen, out string? fault) =>
        NetPayloads.Write(observed, keys, out fault) is { } payload
            ? new ReadyObservation(observed.Part, NetPayloads.KindOf(observed), payload, observed.Key, isOpen)
            : null;
}

/// <summary>Observations on their way into the log: written together, hourly or when the owner publishes.</summary>
/// <remarks>
/// Every event carries a clock. Written as they are made, observations would tell when somebody watched what; an hour's
/// worth at once tells the hour, which they say themselves. What waits is on disk, and counts here already. Whether an
/// item may be spoken of is judged again as the batch is written: the owner may have thought better of it.
/// </remarks>
public sealed class ObservationQueue(
    Database database, LogWriter writer, OwnParts parts, PartRecords records, ItemScopes scopes, Sharing sharing,
    TimeProvider time, ILogger<ObservationQueue> log) : IDisposable
{
    /// <summary>A season of an hour; more waits for the next one.</summary>
    private const int AtOnceMax = 20_000;

    /// <summary>Events in one request to the writer.</summary>
    private const int ChunkMax = 500;

    private readonly SemaphoreSlim _flushing = new(1);

    /// <summary>Keeps observations until the next hour; durable when it returns.</summary>
    public Task AddAsync(IReadOnlyList<ReadyObservation> ready, CancellationToken cancellation) =>
        writer.OnWriterAsync(
            db =>
            {
                foreach (var one in ready)
                {
                    // The same words within the hour are the same observation, however often they are said.
                    Forget(db, Same(db, one));
                    var no = db.QuerySingle<long>(
                        """
                        INSERT INTO part_pending (part, kind, is_open, payload)
                        VALUES (@Part, @Kind, @IsOpen, @Payload) RETURNING no
                        """,
                        new { one.Part, Kind = one.Kind.Name, one.IsOpen, Payload = one.Payload.ToArray() });
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

    /// <summary>What waits and could not be written, were these the words on folders, though it can be now.</summary>
    internal IReadOnlyList<IObservation> LostUnder(IReadOnlyList<ScopedFolder> under)
    {
        var now = scopes.Folders();
        return
        [
            .. Waiting().Keys.SelectMany(Read).Where(r => MayLeave(r, now) && !MayLeave(r, under))
                .Select(r => NetPayloads.ReadPayload(new Kind(r.Kind), r.Payload)).OfType<IObservation>(),
        ];
    }

    /// <summary>
    /// Takes back what waits; it never enters the log. False where there is no such row: it may just have been written.
    /// </summary>
    public async Task<bool> DropAsync(long no, CancellationToken cancellation)
    {
        await _flushing.WaitAsync(cancellation);
        try
        {
            return await ForgetAsync([no], cancellation) > 0;
        }
        finally
        {
            _flushing.Release();
        }
    }

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

    public void Dispose() => _flushing.Dispose();

    /// <summary>
    /// What a device wrote before it joined its fleet is the fleet's word from then on, and no second vote beside it;
    /// unless the fleet has a newer word.
    /// </summary>
    private async Task MoveAsync(CancellationToken cancellation)
    {
        foreach (var (group, part) in parts.LeftBehind())
        {
            var moved = records.Written(group, part).Where(w => !records.HasNewer(w, group)).ToList();
            await AddAsync(moved, cancellation);
            await sharing.LeaveAsync(group, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
        }
    }

    private async Task<int> FlushPartAsync(string part, CancellationToken cancellation)
    {
        var rows = Read(part);
        var folders = scopes.Folders();
        var refused = rows.Where(r => !MayLeave(r, folders)).ToList();
        if (refused.Count > 0) await ForgetAsync([.. refused.Select(r => r.No)], cancellation);
        rows = [.. rows.Except(refused)];
        if (rows.Count == 0) return 0;
        var written = 0;
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
                await ForgetAsync([.. some.Select(r => r.No)], CancellationToken.None);
                written += some.Length;
            }
        }
        catch (LogRefusedException why)
        {
            NodeLog.ObservationsWait(log, part, why.Refusal);
        }

        if (written > 0) NodeLog.ObservationsWritten(log, written, part);
        return written;
    }

    private bool MayLeave(Row row, IReadOnlyList<ScopedFolder> under) =>
        NetPayloads.ReadPayload(new Kind(row.Kind), row.Payload) is IObservation observed
        && observed.Key.All(key => scopes.Disclose(key, row.IsOpen != 0, under) is not null);

    private List<Row> Read(string part)
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(long No, string Kind, long IsOpen, byte[] Payload)>(
                "SELECT no, kind, is_open, payload FROM part_pending WHERE part = @part ORDER BY no LIMIT @AtOnceMax",
                new { part, AtOnceMax }).Select(r => new Row(r.No, r.Kind, r.IsOpen, r.Payload)),
        ];
    }

    private Task<int> ForgetAsync(IReadOnlyList<long> numbers, CancellationToken cancellation) =>
        writer.OnWriterAsync(db => Forget(db, numbers), cancellation);

    private static List<long> Same(SqliteConnection db, ReadyObservation one) =>
    [
        .. db.Query<long>(
            """
            SELECT p.no FROM part_pending_keys k JOIN part_pending p ON p.no = k.no
            WHERE k.key = @Key AND p.part = @Part AND p.kind = @Kind AND p.payload = @Payload
            """,
            new { Key = one.Keys[0], one.Part, Kind = one.Kind.Name, Payload = one.Payload.ToArray() }),
    ];

    private static int Forget(SqliteConnection db, IReadOnlyList<long> numbers)
    {
        var forgotten = 0;
        foreach (var no in numbers)
        {
            db.Execute("DELETE FROM part_pending_keys WHERE no = @no", new { no });
            forgotten += db.Execute("DELETE FROM part_pending WHERE no = @no", new { no });
        }

        return forgotten;
    }

    private sealed record Row(long No, string Kind, long IsOpen, byte[] Payload);
}
