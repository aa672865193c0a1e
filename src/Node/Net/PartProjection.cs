using Anarchive.Log;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Folds part groups into rows: every observation as it was written, and which were taken back.</summary>
/// <remarks>
/// Belongs to the writer's thread. Which observation counts is decided as they are merged, so a fold is no more than a
/// set: free of order, and the same however often an event comes.
/// </remarks>
internal sealed class PartProjection : IProjection, IDisposable
{
    private readonly Database _database;
    private readonly SqliteEventStore _store;
    private readonly Statement _add;
    private readonly Statement _addKey;
    private readonly Statement _retract;
    private readonly Statement _takeBack;
    private readonly Statement _isRetracted;
    private readonly Statement _dropKeys;
    private readonly Statement _keepManifest;
    private readonly Erasures _erasures = new();

    public PartProjection(Database database, SqliteEventStore store)
    {
        (_database, _store) = (database, store);
        _add = database.Prepare(
            """
            INSERT INTO part_rows VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)
            ON CONFLICT (chain, seq) DO UPDATE SET kind = ?4, hlc = ?5
            """);
        _isRetracted = database.Prepare("SELECT 1 FROM part_rows WHERE chain = ?1 AND seq = ?2 AND retracted = 1");
        _addKey = database.Prepare("INSERT OR IGNORE INTO part_keys VALUES (?1, ?2, ?3)");
        // What is taken back may come later, or never: a fork can end its chain before it. Its payload is gone then.
        _retract = database.Prepare(
            """
            INSERT INTO part_rows VALUES (?1, ?2, ?3, '', 0, 1, zeroblob(0))
            ON CONFLICT (chain, seq) DO UPDATE SET retracted = 1, payload = zeroblob(0)
            """);
        _takeBack = database.Prepare(
            """
            INSERT INTO part_taken_back VALUES (?1, ?2, ?3)
            ON CONFLICT (chain) DO UPDATE SET seq = max(seq, excluded.seq)
            """);
        _keepManifest = database.Prepare(
            "INSERT OR IGNORE INTO net_manifests (group_id, event_id, seq, payload) VALUES (?1, ?2, ?3, ?4)");
        _dropKeys = database.Prepare("DELETE FROM part_keys WHERE key = ?1 AND chain = ?2 AND seq = ?3");
    }

    public string GroupKind => NetApp.GroupKind;

    public int Version => 2;

    public IPayloadSchema Schema { get; } = new NetPayloads();

    public void Apply(VerifiedBatch batch, Authority authority)
    {
        foreach (var e in batch.Events) Apply(e, authority);
    }

    public void Fill(VerifiedEvent e, Authority authority) => Apply(e, authority);

    public void Clear(GroupId group)
    {
        _erasures.Drop(group);
        var number = _store.GroupNumber(group);
        foreach (var sql in new[]
        {
            """
            DELETE FROM part_keys WHERE (key, chain, seq) IN (
                SELECT k.key, k.chain, k.seq FROM part_keys k JOIN chains c ON c.no = k.chain WHERE c.group_no = ?1)
            """,
            "DELETE FROM part_rows WHERE group_no = ?1",
            "DELETE FROM part_taken_back WHERE group_no = ?1",
            "DELETE FROM net_manifests WHERE group_id = (SELECT id FROM groups WHERE no = ?1)",
        })
        {
            using var delete = _database.Prepare(sql);
            _database.Write(delete.Bind(1, number));
        }
    }

    /// <summary>Every row is written as it comes.</summary>
    public void Flush()
    {
    }

    /// <summary>All of it: an edition of Net names observations by their place, also those taken back.</summary>
    public Event? Keep(VerifiedEvent e, Authority authority) => _store.Find(e.Group, e.Ref.Position);

    public Hash256 StateOf(GroupId group) => PartDigest.Compute(_database.Writer, group);

    public void Forget() => _erasures.Clear();

    /// <summary>What was taken back: nobody who comes later is to read it.</summary>
    public IReadOnlyList<(GroupId Group, Position Position)> TakeErasures() => _erasures.Take();

    public void Dispose()
    {
        _add.Dispose();
        _addKey.Dispose();
        _retract.Dispose();
        _takeBack.Dispose();
        _isRetracted.Dispose();
        _dropKeys.Dispose();
        _keepManifest.Dispose();
    }

    private void Apply(VerifiedEvent e, Authority authority)
    {
        if (authority.PartName() is not { } part) return;
        switch (e.Content)
        {
            case IObservation observed when observed.Part == part && e.Payload is { } payload:
                Add(e, observed, payload.Bytes.Span);
                break;
            case ObservationRetracted retracted when retracted.Part == part && e.Header.Refs is [var target, ..]:
                Retract(e, target);
                break;
            // A fleet's editions are its owner's, one after the other.
            case PartEdition edition when edition.Part == part && e.Payload is { } payload
                && e.Header.Origin == authority.Owner && edition.Publisher == authority.Owner.ToString()
                && edition.Group == e.Group.ToString():
                _database.Write(_keepManifest
                    .Bind(1, e.Group.Value).Bind(2, e.Header.Id.Value).Bind(3, edition.Seq)
                    .Bind(4, payload.Bytes.Span));
                break;
        }
    }

    private void Retract(VerifiedEvent by, EventRef target)
    {
        var group = by.Group;
        var chain = _store.ChainNumber(group, target.Chain);
        if (_store.Find(group, target.Position) is { } e)
        {
            // An event of authority is nobody's observation, and another id another event, whatever refers to it.
            if (!NetPayloads.IsObservation(e.Header.Kind) || e.Header.Ref != target) return;
            if (e.Payload is { } payload
                && NetPayloads.ReadPayload(e.Header.Kind, payload.Bytes.Span) is IObservation observed)
                foreach (var key in observed.Key)
                    _database.Write(_dropKeys.Bind(1, key).Bind(2, chain).Bind(3, target.Seq));
            _erasures.Add(group, target.Position);
        }

        var number = _store.GroupNumber(group);
        _database.Write(_retract.Bind(1, chain).Bind(2, target.Seq).Bind(3, number));
        _database.Write(_takeBack
            .Bind(1, _store.ChainNumber(group, by.Header.Chain)).Bind(2, number).Bind(3, by.Header.Seq));
    }

    private void Add(VerifiedEvent e, IObservation observed, ReadOnlySpan<byte> payload)
    {
        var chain = _store.ChainNumber(e.Group, e.Header.Chain);
        _database.Write(_add
            .Bind(1, chain).Bind(2, e.Header.Seq).Bind(3, _store.GroupNumber(e.Group)).Bind(4, e.Header.Kind.Name)
            .Bind(5, RowColumns.Column(e.Header.Hlc)).Bind(6, payload));
        if (IsRetracted(chain, e.Header.Seq))
        {
            _erasures.Add(e.Group, e.Ref.Position);
            return;
        }

        foreach (var key in observed.Key)
            _database.Write(_addKey.Bind(1, key).Bind(2, chain).Bind(3, e.Header.Seq));
    }

    private bool IsRetracted(long chain, long seq)
    {
        var found = _isRetracted.Bind(1, chain).Bind(2, seq).Step();
        _isRetracted.Reset();
        return found;
    }
}
