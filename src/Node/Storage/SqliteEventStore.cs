using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>The event store over SQLite: chains in memory, events on disk, one transaction between commits.</summary>
/// <remarks>
/// Belongs to the writer's thread. Rows written through <see cref="Database.Writer"/> between two commits share the
/// transaction, so an append and its projection become durable together. See <see cref="Database"/> for failures.
/// </remarks>
public sealed partial class SqliteEventStore : IEventStore, IDisposable
{
    private readonly Database _database;
    private readonly EventQueries _queries;
    private readonly Dictionary<GroupId, GroupEntry> _groups = [];
    private readonly Dictionary<long, ChainEntry> _byNumber = [];
    private readonly List<GroupEntry> _inOrder = [];
    private readonly Statement _insertGroup;
    private readonly Statement _updateGroup;
    private readonly Statement _insertChain;
    private readonly Statement _updateChain;
    private readonly Statement _insertEvent;
    private readonly Statement _insertSignature;
    private readonly Statement _insertArrival;
    private readonly Statement _erase;
    private readonly Statement _fill;
    private long _nextArrival;

    public SqliteEventStore(Database database)
    {
        _database = database;
        _queries = new EventQueries(database.Handle);
        _insertGroup = database.Prepare("INSERT INTO groups (no, id, kind, ring) VALUES (?1, ?2, ?3, ?4)");
        _updateGroup = database.Prepare("UPDATE groups SET kind = ?2, ring = ?3 WHERE no = ?1");
        _insertChain = database.Prepare(
            """
            INSERT INTO chains (no, group_no, origin, incarnation, seq, head, hlc, cut)
            VALUES (?1, ?2, ?3, ?4, 0, zeroblob(32), 0, 0)
            """);
        _updateChain = database.Prepare("UPDATE chains SET seq = ?2, head = ?3, hlc = ?4 WHERE no = ?1");
        _insertEvent = database.Prepare(
            "INSERT INTO events (chain, seq, header, salt, payload) VALUES (?1, ?2, ?3, ?4, ?5)");
        _insertSignature = database.Prepare("INSERT INTO signatures (chain, seq, signature) VALUES (?1, ?2, ?3)");
        _insertArrival = database.Prepare(
            "INSERT INTO arrivals (first, chain, first_seq, count) VALUES (?1, ?2, ?3, ?4)");
        _erase = database.Prepare(
            "UPDATE events SET salt = NULL, payload = NULL WHERE chain = ?1 AND seq = ?2");
        _fill = database.Prepare(
            "UPDATE events SET salt = ?3, payload = ?4 WHERE chain = ?1 AND seq = ?2 AND salt IS NULL");
        LoadGroups();
        LoadChains();
        _nextArrival = NextArrival();
    }

    /// <summary>The number the next appended event will get.</summary>
    public long NextArrivalNumber => _nextArrival;

    public IReadOnlyList<StoredGroup> Groups() => _inOrder.ConvertAll(g => g.Group);

    public void AddGroup(StoredGroup group)
    {
        if (_groups.TryGetValue(group.Id, out var known))
        {
            if (known.Group == group || known.Chains.Values.Any(c => c.Head.Seq > 0)) return;
            known.Group = group;
            _database.Write(
                _updateGroup.Bind(1, known.Number).Bind(2, group.Kind).Bind(3, group.Ring));
            return;
        }

        var entry = new GroupEntry(_inOrder.Count + 1, group);
        _insertGroup.Bind(1, entry.Number).Bind(2, group.Id.Value).Bind(3, group.Kind).Bind(4, group.Ring);
        _database.Write(_insertGroup);
        Keep(entry);
    }

    public IReadOnlyList<StoredChain> Chains(GroupId group) =>
        _groups.TryGetValue(group, out var entry)
            ? [.. entry.Chains.Values.OrderBy(c => c.Chain).Select(c => c.ToStored())]
            : [];

    public void Append(VerifiedBatch batch)
    {
        var chain = ChainEntryOf(batch.Group, batch.Chain);
        var events = batch.Events;
        if (batch.FirstSeq != chain.Head.Seq + 1 || events[0].Header.Prev != chain.Head.Id)
            throw new InvalidOperationException("A batch must follow the chain's head directly.");
        for (var i = 0; i < events.Count; i++)
        {
            Insert(chain.Number, events[i].Header, events[i].Payload);
            if (EngineKinds.OfAuthority.Contains(events[i].Header.Kind)) Index(chain.Number, events[i].Header.Seq);
        }

        var head = batch.Head;
        _insertSignature.Bind(1, chain.Number).Bind(2, head.Seq).Bind(3, batch.Signature.Span);
        _database.Write(_insertSignature);
        _insertArrival.Bind(1, _nextArrival).Bind(2, chain.Number).Bind(3, batch.FirstSeq).Bind(4, events.Count);
        _database.Write(_insertArrival);
        _updateChain.Bind(1, chain.Number).Bind(2, head.Seq).Bind(3, head.Id.Value)
            .Bind(4, unchecked((long)batch.LastHlc.Value));
        _database.Write(_updateChain);
        _nextArrival += events.Count;
        (chain.Head, chain.Hlc) = (head, batch.LastHlc);
    }

    public void Erase(GroupId group, Position position)
    {
        if (Known(group, position.Chain) is not { } chain) return;
        _erase.Bind(1, chain.Number).Bind(2, position.Seq);
        _database.Write(_erase);
    }

    public void Fill(GroupId group, Position position, Payload payload)
    {
        if (Known(group, position.Chain) is not { } chain) return;
        _fill.Bind(1, chain.Number).Bind(2, position.Seq).Bind(3, payload.Salt.Span).Bind(4, payload.Bytes.Span);
        _database.Write(_fill);
    }

    public Batch? Read(GroupId group, ChainId chain, long after, int eventsMax, int bytesMax) =>
        Known(group, chain) is { } known ? _queries.Read(known.Number, after, eventsMax, bytesMax) : null;

    public Event? Find(GroupId group, Position position) =>
        Known(group, position.Chain) is { } known ? _queries.Find(known.Number, position.Seq) : null;

    public void Commit() => _database.Commit();

    public void Rollback()
    {
        _database.Rollback();
        _groups.Clear();
        _byNumber.Clear();
        _inOrder.Clear();
        LoadGroups();
        LoadChains();
        _nextArrival = NextArrival();
    }

    /// <summary>The local number of a group, for rows keyed by it; throws for a group that was not added.</summary>
    public long GroupNumber(GroupId group) => GroupEntryOf(group).Number;

    /// <summary>The group of a local number.</summary>
    public GroupId GroupOf(long number) => _inOrder[(int)number - 1].Group.Id;

    /// <summary>The local number of a chain, for rows keyed by it; a new chain is declared.</summary>
    public long ChainNumber(GroupId group, ChainId chain) => ChainEntryOf(group, chain).Number;

    /// <summary>The chain of a local number.</summary>
    public (GroupId Group, ChainId Chain) ChainOf(long number)
    {
        var chain = _byNumber[number];
        return (chain.Group, chain.Chain);
    }

    public void Dispose()
    {
        _queries.Dispose();
        Statement[] statements =
        [
            _insertGroup, _updateGroup, _insertChain, _updateChain, _insertEvent, _insertSignature, _insertArrival,
            _erase, _fill,
        ];
        foreach (var statement in statements) statement.Dispose();
    }

    private void Insert(long chain, EventHeader header, Payload? payload)
    {
        _insertEvent.Bind(1, chain).Bind(2, header.Seq).Bind(3, header.Bytes.Span);
        if (payload is { } salted)
            _insertEvent.Bind(4, salted.Salt.Span).Bind(5, salted.Bytes.Span);
        else
            _insertEvent.BindNull(4).BindNull(5);
        _database.Write(_insertEvent);
    }

    private void Index(long chain, long seq)
    {
        using var insert = _database.Prepare("INSERT INTO authority_events (chain, seq) VALUES (?1, ?2)");
        _database.Write(insert.Bind(1, chain).Bind(2, seq));
    }

    private GroupEntry GroupEntryOf(GroupId group) =>
        _groups.TryGetValue(group, out var entry)
            ? entry
            : throw new InvalidOperationException("The group must be added first.");

    private ChainEntry? Known(GroupId group, ChainId chain) =>
        _groups.TryGetValue(group, out var entry) ? entry.Chains.GetValueOrDefault(chain) : null;

    private ChainEntry ChainEntryOf(GroupId group, ChainId chain)
    {
        var entry = GroupEntryOf(group);
        if (entry.Chains.TryGetValue(chain, out var known)) return known;
        var added = new ChainEntry(_byNumber.Count + 1, group, chain);
        _insertChain.Bind(1, added.Number).Bind(2, entry.Number)
            .Bind(3, chain.Origin.Value).Bind(4, chain.Incarnation);
        _database.Write(_insertChain);
        Keep(entry, added);
        return added;
    }

    private void Keep(GroupEntry entry)
    {
        _groups.Add(entry.Group.Id, entry);
        _inOrder.Add(entry);
    }

    private void Keep(GroupEntry entry, ChainEntry chain)
    {
        entry.Chains.Add(chain.Chain, chain);
        _byNumber.Add(chain.Number, chain);
    }

    private void LoadGroups()
    {
        using var rows = _database.Prepare("SELECT no, id, kind, ring FROM groups ORDER BY no");
        while (rows.Step())
            Keep(new GroupEntry(
                rows.Int64(0), new StoredGroup(new GroupId(rows.Hash(1)), rows.Text(2), rows.Text(3))));
    }

    private void LoadChains()
    {
        using var rows = _database.Prepare(
            "SELECT no, group_no, origin, incarnation, seq, head, hlc, cut FROM chains ORDER BY no");
        while (rows.Step())
        {
            var group = _inOrder[(int)rows.Int64(1) - 1];
            Keep(group, new ChainEntry(
                rows.Int64(0), group.Group.Id, new ChainId(new NodeId(rows.Hash(2)), rows.Incarnation(3)))
            {
                Head = new Head(rows.Int64(4), new EventId(rows.Hash(5))),
                Hlc = new Hlc(unchecked((ulong)rows.Int64(6))),
                Cut = rows.Int64(7),
            });
        }
    }

    private long NextArrival()
    {
        using var last = _database.Prepare("SELECT first + count FROM arrivals ORDER BY first DESC LIMIT 1");
        return last.Step() ? last.Int64(0) : 1;
    }

    private sealed class GroupEntry(long number, StoredGroup group)
    {
        public long Number { get; } = number;

        public StoredGroup Group { get; set; } = group;

        public Dictionary<ChainId, ChainEntry> Chains { get; } = [];
    }

    private sealed class ChainEntry(long number, GroupId group, ChainId chain)
    {
        public long Number { get; } = number;

        public GroupId Group { get; } = group;

        public ChainId Chain { get; } = chain;

        public Head Head { get; set; }

        public Hlc Hlc { get; set; }

        public long Cut { get; set; }

        public StoredChain ToStored() => new(Chain, Head, Hlc, Cut);
    }
}
