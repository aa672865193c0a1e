using System.Data;
using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>A copy that this device keeps for a friend. No name of its file is known here.</summary>
/// <param name="Code">Why it does not come; null where nothing is wrong.</param>
/// <param name="HashedMs">When all of it was last hashed; Unix milliseconds.</param>
/// <param name="DueMs">When it is hashed again.</param>
/// <param name="AsideMs">When it was set aside.</param>
public sealed record LentCopy(
    NodeId Friend, ItemId Item, VolumeId Volume, long SizeBytes, LentState State, string? Code, long? HashedMs,
    long DueMs, long? AsideMs);

/// <summary>What this device lends, and to whom; kept here alone, and said in no log.</summary>
public sealed class LoanBook(Database database, LogWriter writer) : IDisposable
{
    /// <summary>Held by whoever changes a lent copy's files and row together.</summary>
    internal SemaphoreSlim Changing { get; } = new(1);

    /// <summary>In the order of friends.</summary>
    public IReadOnlyList<Loan> Loans()
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(byte[] Friend, string Volume, long Bytes, long Since, long? Ends)>(
                "SELECT friend, volume, bytes, since_ms, ends_ms FROM loans ORDER BY friend")
                .Select(r => new Loan(Node(r.Friend), StoreRows.Volume(r.Volume), r.Bytes, r.Since, r.Ends)),
        ];
    }

    public Loan? Find(NodeId friend) => Loans().FirstOrDefault(l => l.Friend == friend);

    /// <summary>In the order of items.</summary>
    public IReadOnlyList<LentCopy> Copies(NodeId friend) => Copies("friend = @friend", new { friend = Blob(friend) });

    public LentCopy? Find(NodeId friend, ItemId item) => Copies(
        "friend = @friend AND item = @item", new { friend = Blob(friend), item = StoreRows.Blob(item) })
        .FirstOrDefault();

    /// <summary>What a friend's copies take of its room, and how many they are.</summary>
    public (long Bytes, int Count) Used(NodeId friend)
    {
        using var db = database.OpenReader();
        var (bytes, count) = db.QuerySingle<(long Bytes, long Count)>(
            "SELECT coalesce(sum(size), 0), count(*) FROM lent_copies WHERE friend = @friend",
            new { friend = Blob(friend) });
        return (bytes, (int)count);
    }

    /// <summary>The hashes of its pieces; null before all of it came.</summary>
    public PieceLayer? LayerOf(NodeId friend, ItemId item)
    {
        using var db = database.OpenReader();
        return db.Query<(long Size, long? PieceLength, byte[]? Hashes)>(
            "SELECT size, piece_length, hashes FROM lent_copies WHERE friend = @friend AND item = @item",
            new { friend = Blob(friend), item = StoreRows.Blob(item) })
            .Select(r => r is { PieceLength: { } length, Hashes: { } hashes }
                ? PieceLayer.TryRead(r.Size, (int)length, hashes)
                : null)
            .FirstOrDefault();
    }

    /// <summary>Durable when it returns, as everything below.</summary>
    public Task PutAsync(Loan loan, CancellationToken cancellation) => WriteAsync(
        db => db.Execute(
            """
            INSERT OR REPLACE INTO loans (friend, volume, bytes, since_ms, ends_ms)
            VALUES (@friend, @volume, @Bytes, @SinceMs, @EndsMs)
            """,
            new { friend = Blob(loan.Friend), volume = loan.Volume.ToString(), loan.Bytes, loan.SinceMs, loan.EndsMs }),
        cancellation);

    public Task RemoveAsync(Loan loan, CancellationToken cancellation) => WriteAsync(
        db => db.Execute("DELETE FROM loans WHERE friend = @friend", new { friend = Blob(loan.Friend) }), cancellation);

    /// <summary>Replaces all that is known of the copy but its hashes.</summary>
    public Task PutAsync(LentCopy copy, CancellationToken cancellation) => PutAsync(copy, null, cancellation);

    /// <summary>As above, with its hashes, once all of it came.</summary>
    public Task PutAsync(LentCopy copy, PieceLayer? layer, CancellationToken cancellation) => WriteAsync(
        db => db.Execute(
            """
            INSERT INTO lent_copies
                (friend, item, volume, size, state, code, piece_length, hashes, hashed_ms, due_ms, aside_ms)
            VALUES (@friend, @item, @volume, @SizeBytes, @state, @Code, @length, @hashes, @HashedMs, @DueMs, @AsideMs)
            ON CONFLICT (friend, item) DO UPDATE SET
                state = @state, code = @Code, piece_length = coalesce(@length, piece_length),
                hashes = coalesce(@hashes, hashes), hashed_ms = @HashedMs, due_ms = @DueMs, aside_ms = @AsideMs
            """,
            new
            {
                friend = Blob(copy.Friend),
                item = StoreRows.Blob(copy.Item),
                volume = copy.Volume.ToString(),
                copy.SizeBytes,
                state = (int)copy.State,
                copy.Code,
                length = layer?.PieceLength,
                hashes = layer?.ToBytes(),
                copy.HashedMs,
                copy.DueMs,
                copy.AsideMs,
            }),
        cancellation);

    public Task RemoveAsync(LentCopy copy, CancellationToken cancellation) => WriteAsync(
        db => db.Execute(
            "DELETE FROM lent_copies WHERE friend = @friend AND item = @item",
            new { friend = Blob(copy.Friend), item = StoreRows.Blob(copy.Item) }),
        cancellation);

    /// <summary>The locks that friends were granted, in no order.</summary>
    internal IReadOnlyList<GrantedLock> Locks()
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(byte[] Intent, byte[] Item, byte[] Friend)>("SELECT intent, item, friend FROM lent_locks")
                .Where(r => LockBytes.TryRead(r.Intent) is not null)
                .Select(r => new GrantedLock(
                    StoreRows.Item(r.Item), LockBytes.TryRead(r.Intent)!.Value, DeviceId.Of(Node(r.Friend)), 0)),
        ];
    }

    /// <param name="of">All that there are when they are stored.</param>
    internal Task PutAsync(Func<IReadOnlyList<GrantedLock>> of, CancellationToken cancellation) => WriteAsync(
        db =>
        {
            var locks = of();
            db.Execute("DELETE FROM lent_locks");
            foreach (var one in locks)
                db.Execute(
                    "INSERT OR REPLACE INTO lent_locks (intent, item, friend) VALUES (@intent, @item, @friend)",
                    new
                    {
                        intent = LockBytes.Of(one.Intent),
                        item = StoreRows.Blob(one.Item),
                        friend = one.Releaser.Value.ToArray(),
                    });
            return locks.Count;
        },
        cancellation);

    public void Dispose() => Changing.Dispose();

    internal static byte[] Blob(NodeId node) => node.Value.ToArray();

    internal static NodeId Node(byte[] blob) => new(new Hash256(blob));

    private List<LentCopy> Copies(string where, object with)
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(byte[] Friend, byte[] Item, string Volume, long Size, long State, string? Code, long? Hashed,
                long Due, long? Aside)>(
                $"""
                SELECT friend, item, volume, size, state, code, hashed_ms, due_ms, aside_ms
                FROM lent_copies WHERE {where} ORDER BY friend, item
                """,
                with)
                .Select(r => new LentCopy(
                    Node(r.Friend), StoreRows.Item(r.Item), StoreRows.Volume(r.Volume), r.Size, (LentState)r.State,
                    r.Code, r.Hashed, r.Due, r.Aside)),
        ];
    }

    private Task<int> WriteAsync(Func<IDbConnection, int> write, CancellationToken cancellation) =>
        writer.OnWriterAsync(db => write(db), cancellation);
}
