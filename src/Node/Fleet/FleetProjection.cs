using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Folds fleets into registers: of each the last word, in the order of the log's clocks.</summary>
/// <remarks>Of the writer's thread. Whose word counts is judged by <see cref="FleetBook"/> as it reads.</remarks>
internal sealed class FleetProjection : IProjection, IDisposable
{
    private readonly Database _database;
    private readonly SqliteEventStore _store;
    private readonly Statement _put;
    private readonly Statement _order;
    private readonly Erasures _erasures = new();
    private long _stamp;

    public FleetProjection(Database database, SqliteEventStore store)
    {
        (_database, _store) = (database, store);
        _put = database.Prepare(
            """
            INSERT INTO fleet_registers (group_no, key, ord, value, stamp) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (group_no, key) DO UPDATE SET ord = excluded.ord, value = excluded.value, stamp = excluded.stamp
                WHERE excluded.ord > ord
            """);
        _order = database.Prepare("SELECT ord FROM fleet_registers WHERE group_no = ?1 AND key = ?2");
        using var last = database.Prepare("SELECT coalesce(max(stamp), 0) FROM fleet_registers");
        last.Step();
        _stamp = last.Int64(0);
    }

    public string GroupKind => FleetApp.GroupKind;

    /// <summary>2 since what is watched is folded.</summary>
    public int Version => 2;

    public IPayloadSchema Schema { get; } = new FleetPayloads();

    public void Apply(VerifiedBatch batch, Authority authority)
    {
        _stamp++;
        foreach (var e in batch.Events) Put(e);
    }

    /// <summary>No payload of a fleet is ever owed; one that comes all the same is folded.</summary>
    public void Fill(VerifiedEvent e, Authority authority)
    {
        _stamp++;
        Put(e);
    }

    public void Clear(GroupId group)
    {
        _erasures.Drop(group);
        using var delete = _database.Prepare("DELETE FROM fleet_registers WHERE group_no = ?1");
        _database.Write(delete.Bind(1, _store.GroupNumber(group)));
    }

    /// <summary>Every register is written as it comes.</summary>
    public void Flush()
    {
    }

    /// <summary>All of it: the log is the fleet's record of who said what, and of what was deleted why.</summary>
    public Event? Keep(VerifiedEvent e, Authority authority) => _store.Find(e.Group, e.Ref.Position);

    public Hash256 StateOf(GroupId group) => FleetDigests.Compute(_database.Writer, group);

    /// <summary>But for these, nothing is in memory but the stamp, which may skip numbers.</summary>
    public void Forget() => _erasures.Clear();

    /// <summary>What was said of what is watched, and is so no more.</summary>
    public IReadOnlyList<(GroupId Group, Position Position)> TakeErasures() => _erasures.Take();

    public void Dispose()
    {
        _put.Dispose();
        _order.Dispose();
    }

    private void Put(VerifiedEvent e)
    {
        var group = _store.GroupNumber(e.Group);
        foreach (var write in FleetFold.Writes(e))
        {
            if (write.IsErasedOnceReplaced) EraseReplaced(e.Group, group, write);
            _database.Write(_put
                .Bind(1, group).Bind(2, write.Key).Bind(3, write.OrderKey()).Bind(4, write.Value.Span)
                .Bind(5, _stamp));
        }
    }

    /// <summary>Of the word that stands and the one that comes, the earlier goes.</summary>
    private void EraseReplaced(GroupId group, long number, RegisterWrite write)
    {
        var isKnown = _order.Bind(1, number).Bind(2, write.Key).Step();
        var known = isKnown ? RegisterWrite.ReadOrder(_order.Blob(0)) : write.Order;
        _order.Reset();
        // The same event may come twice, as where a group is folded anew.
        if (known != write.Order) _erasures.Add(group, (known < write.Order ? known : write.Order).Position);
    }
}
