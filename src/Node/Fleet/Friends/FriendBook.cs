using System.Data;
using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>A friend that lends this device room, which is a device of the fleet; this one is its steward.</summary>
/// <param name="FreeBytes">As it last said.</param>
/// <param name="EndsMs">When its loan ends, as it last said; by this device's clock.</param>
/// <param name="SeenMs">When it last answered.</param>
public sealed record FriendDevice(
    NodeId Friend, DeviceId Device, VolumeId Volume, long Bytes, long FreeBytes, long? EndsMs, long SeenMs);

/// <summary>A copy that a friend is to keep, or to let go.</summary>
/// <param name="IsOwn">The owner said that it is their own.</param>
/// <param name="State">As the friend last said: a word of <see cref="LentState"/>; <c>asked</c> before.</param>
/// <param name="ProvenMs">
/// When this device last saw bytes of it that were right; 0 for never, and below 0 since they were seen to be wrong: as
/// far before 1970 as that was after it.
/// </param>
public sealed record FriendCopy(
    NodeId Friend, ItemId Item, bool IsOwn, string State, string? Code, long ProvenMs)
{
    /// <summary>The friend was not asked yet.</summary>
    public const string Asked = "asked";

    /// <summary>It was let go by a release, and is not asked for again.</summary>
    public const string Dropped = "dropped";

    public bool IsWanted => State != Dropped;

    /// <summary>The friend was not asked yet, or fetches it.</summary>
    public bool IsComing => State == Asked || State == LentBytes.NameOf(LentState.Coming);

    /// <summary>The friend says that all of it is there.</summary>
    public bool IsKept => State == LentBytes.NameOf(LentState.Kept);

    /// <summary>When its bytes were seen to be wrong, while nothing right came after.</summary>
    public long? AccusedMs => ProvenMs < 0 ? -ProvenMs : null;
}

/// <summary>
/// Which friends keep what for this fleet; on this device alone, for the fleet's log says that a friend keeps a copy
/// and not who.
/// </summary>
public sealed class FriendBook(Database database, LogWriter writer)
{
    public IReadOnlyList<FriendDevice> Devices()
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(byte[] Friend, byte[] Device, string Volume, long Bytes, long Free, long? Ends, long Seen)>(
                "SELECT friend, device, volume, bytes, free, ends_ms, seen_ms FROM friend_devices ORDER BY friend")
                .Select(r => new FriendDevice(
                    LoanBook.Node(r.Friend), new DeviceId(new Hash256(r.Device)), StoreRows.Volume(r.Volume), r.Bytes,
                    r.Free, r.Ends, r.Seen)),
        ];
    }

    public FriendDevice? Find(NodeId friend) => Devices().FirstOrDefault(d => d.Friend == friend);

    public FriendDevice? Find(DeviceId device) => Devices().FirstOrDefault(d => d.Device == device);

    /// <summary>In the order of friends and items.</summary>
    public IReadOnlyList<FriendCopy> Copies() => Copies("1", new { });

    public IReadOnlyList<FriendCopy> Copies(NodeId friend) =>
        Copies("friend = @friend", new { friend = LoanBook.Blob(friend) });

    /// <summary>What is to be known of an item, of all friends.</summary>
    public IReadOnlyList<FriendCopy> Copies(ItemId item) =>
        Copies("item = @item", new { item = StoreRows.Blob(item) });

    public FriendCopy? Find(NodeId friend, ItemId item) => Copies(
        "friend = @friend AND item = @item", new { friend = LoanBook.Blob(friend), item = StoreRows.Blob(item) })
        .FirstOrDefault();

    /// <summary>Durable when it returns, as everything below.</summary>
    public Task PutAsync(FriendDevice device, CancellationToken cancellation) => WriteAsync(
        db => db.Execute(
            """
            INSERT OR REPLACE INTO friend_devices (friend, device, volume, bytes, free, ends_ms, seen_ms)
            VALUES (@friend, @device, @volume, @Bytes, @FreeBytes, @EndsMs, @SeenMs)
            """,
            new
            {
                friend = LoanBook.Blob(device.Friend),
                device = device.Device.Value.ToArray(),
                volume = device.Volume.ToString(),
                device.Bytes,
                device.FreeBytes,
                device.EndsMs,
                device.SeenMs,
            }),
        cancellation);

    public Task PutAsync(FriendCopy copy, CancellationToken cancellation) => WriteAsync(
        db => db.Execute(
            """
            INSERT OR REPLACE INTO friend_copies (friend, item, is_own, state, code, proven_ms)
            VALUES (@friend, @item, @IsOwn, @State, @Code, @ProvenMs)
            """,
            new
            {
                friend = LoanBook.Blob(copy.Friend),
                item = StoreRows.Blob(copy.Item),
                copy.IsOwn,
                copy.State,
                copy.Code,
                copy.ProvenMs,
            }),
        cancellation);

    private List<FriendCopy> Copies(string where, object with)
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(byte[] Friend, byte[] Item, long IsOwn, string State, string? Code, long Proven)>(
                $"""
                SELECT friend, item, is_own, state, code, proven_ms FROM friend_copies
                WHERE {where} ORDER BY friend, item
                """,
                with)
                .Select(r => new FriendCopy(
                    LoanBook.Node(r.Friend), StoreRows.Item(r.Item), r.IsOwn != 0, r.State, r.Code, r.Proven)),
        ];
    }

    private Task<int> WriteAsync(Func<IDbConnection, int> write, CancellationToken cancellation) =>
        writer.OnWriterAsync(db => write(db), cancellation);
}
