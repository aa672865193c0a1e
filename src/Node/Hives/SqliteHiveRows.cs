using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// The rows of one hive over the writer's connection: items are read through a cache and written back once per flush
/// however often a batch touches them; votes are written at once, since each is a register of its own.
/// </summary>
/// <remarks>
/// Belongs to the writer's thread and lives inside its transaction. What was put is found again at once; the database
/// has it after <see cref="Flush"/>. Vote totals of items that were not read are added without reading them.
/// </remarks>
internal sealed class SqliteHiveRows : IHiveRows
{
    /// <summary>References to nothing, known by heart; beyond this many, every new event is looked up.</summary>
    private const int AwaitedMax = 100_000;

    private readonly HiveStatements _sql;
    private readonly SqliteEventStore _store;
    private readonly GroupId _groupId;
    private readonly Dictionary<EventRef, Cached> _items = [];
    private readonly Dictionary<EventRef, (long Up, long Down)> _added = [];
    private readonly Dictionary<Position, ActRow> _acts = [];
    private readonly List<EventRef> _dirtyItems = [];
    private readonly Func<long, ChainId> _chainOf;
    private readonly long _group;
    private HashSet<EventRef>? _awaited = [];
    private (long Posts, long Comments) _counts;
    private (long Posts, long Comments) _writtenCounts;
    private (ChainId Chain, long Number) _lastChain;

    public SqliteHiveRows(HiveStatements sql, SqliteEventStore store, GroupId group)
    {
        (_sql, _store, _groupId) = (sql, store, group);
        _chainOf = number => store.ChainOf(number).Chain;
        _group = store.GroupNumber(group);
        var row = sql.Awaited.Bind(1, _group);
        while (row.Step()) Await(RowColumns.Ref(row, 0, _chainOf));
        row.Reset();
        var counts = sql.Counts.Bind(1, _group);
        if (counts.Step()) _counts = _writtenCounts = (counts.Int64(0), counts.Int64(1));
        counts.Reset();
    }

    /// <summary>Rows held in memory; zero after <see cref="Flush"/> and <see cref="Forget"/>.</summary>
    public int CachedRows => _items.Count + _added.Count;

    public ItemRow? FindItem(in EventRef key)
    {
        ref var cached = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, key, out var known);
        if (known) return cached.Row;
        cached.Row = LoadItem(key);
        cached.Counted = Counted(cached.Row);
        if (!_added.TryGetValue(key, out var added)) return cached.Row;
        cached.Row ??= new ItemRow(key);
        cached.Row.Up += added.Up;
        cached.Row.Down += added.Down;
        return cached.Row;
    }

    public ItemRow? FindAwaited(in EventRef key)
    {
        if (_awaited is null || _awaited.Contains(key) || _added.ContainsKey(key)) return FindItem(key);
        ref var cached = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, key, out var known);
        if (!known) cached.IsNew = true;
        return cached.Row;
    }

    public void Put(ItemRow item)
    {
        _added.Remove(item.Key);
        ref var cached = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, item.Key, out _);
        if (!cached.IsDirty) _dirtyItems.Add(item.Key);
        (cached.Row, cached.IsDirty) = (item, true);
    }

    /// <remarks>A row that is written whole has its totals; for others the difference alone is written.</remarks>
    public void AddVotes(in EventRef target, long up, long down)
    {
        ref var cached = ref CollectionsMarshal.GetValueRefOrNullRef(_items, target);
        if (!Unsafe.IsNullRef(ref cached))
        {
            cached.Row ??= new ItemRow(target);
            cached.Row.Up += up;
            cached.Row.Down += down;
            if (cached.IsDirty) return;
        }

        ref var added = ref CollectionsMarshal.GetValueRefOrAddDefault(_added, target, out _);
        added = (added.Up + up, added.Down + down);
    }

    public IReadOnlyList<EditRow> Edits(in EventRef target)
    {
        var edits = new List<EditRow>();
        var row = BindTarget(_sql.FindEdits, target);
        while (row.Step())
        {
            var by = _chainOf(row.Int64(0));
            var order = new LastWriterWins(RowColumns.ReadHlc(row, 2), row.Int64(1), by.Incarnation);
            edits.Add(new EditRow(target, order, (EditFields)row.Int64(3)));
        }

        row.Reset();
        return edits;
    }

    public void Put(EditRow edit)
    {
        var statement = BindTarget(_sql.PutEdit, edit.Target);
        _sql.Run(statement.Bind(4, Number(edit.Position.Chain)).Bind(5, edit.Order.Seq)
            .Bind(6, RowColumns.Column(edit.Order.Hlc)).Bind(7, (long)edit.Fields));
    }

    public VoteRow? FindVote(NodeId origin, string voter, in EventRef target)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        var length = RowColumns.WriteVoter(voter, bytes);
        var row = BindTarget(_sql.FindVote, target).Bind(4, _sql.Origin(origin)).Bind(5, bytes[..length]);
        var found = row.Step() ? new VoteRow(origin, voter, target, (int)row.Int64(0), ReadOrder(row, 1)) : null;
        row.Reset();
        return found;
    }

    public VoteRow? FindOrAdd(VoteRow vote)
    {
        Run(_sql.AddVote, vote);
        return _sql.AddVote.Changes() == 1 ? null : FindVote(vote.Origin, vote.Voter, vote.Target);
    }

    public void Put(VoteRow vote) => Run(_sql.PutVote, vote);

    public TallyRow? FindTally(NodeId origin, in EventRef target)
    {
        var row = BindTarget(_sql.FindTally, target).Bind(4, _sql.Origin(origin));
        var found = row.Step() ? new TallyRow(origin, target, row.Int64(0), row.Int64(1), ReadOrder(row, 2)) : null;
        row.Reset();
        return found;
    }

    public void Put(TallyRow tally)
    {
        var statement = BindTarget(_sql.PutTally, tally.Target)
            .Bind(4, _sql.Origin(tally.Origin)).Bind(5, tally.Up).Bind(6, tally.Down);
        _sql.Run(BindOrder(statement, 7, tally.Origin, tally.Order));
    }

    public MemberRow? FindMember(NodeId instance, string agentId)
    {
        var row = _sql.FindMember.Bind(1, _group).Bind(2, _sql.Origin(instance)).Bind(3, agentId);
        var found = row.Step() ? new MemberRow(instance, agentId, row.Int64(0) != 0, ReadOrder(row, 1)) : null;
        row.Reset();
        return found;
    }

    public void Put(MemberRow member)
    {
        var statement = _sql.PutMember.Bind(1, _group).Bind(2, _sql.Origin(member.Instance)).Bind(3, member.AgentId)
            .Bind(4, member.Joined ? 1 : 0);
        _sql.Run(BindOrder(statement, 5, member.Instance, member.Order));
    }

    public BanRow? FindBan(NodeId instance, string agentId)
    {
        var row = _sql.FindBan.Bind(1, _group).Bind(2, _sql.Origin(instance)).Bind(3, agentId);
        var found = row.Step()
            ? new BanRow(
                instance,
                agentId,
                row.Int64(0) != 0,
                RowColumns.ReadAfter(row.Blob(1)),
                RowColumns.ReadOwnerFirst(row, 2, _chainOf))
            : null;
        row.Reset();
        return found;
    }

    public void Put(BanRow ban)
    {
        var statement = _sql.PutBan.Bind(1, _group).Bind(2, _sql.Origin(ban.Instance)).Bind(3, ban.AgentId)
            .Bind(4, ban.Banned ? 1 : 0).Bind(5, RowColumns.Write(ban.After));
        _sql.Run(BindOwnerFirst(statement, 6, ban.Order));
    }

    public void RemoveBan(NodeId instance, string agentId) =>
        _sql.Run(_sql.RemoveBan.Bind(1, _group).Bind(2, _sql.Origin(instance)).Bind(3, agentId));

    public SettingRow? FindSetting(string key)
    {
        var row = _sql.FindSetting.Bind(1, _group).Bind(2, key);
        var found = row.Step() ? new SettingRow(key, row.Text(0), RowColumns.ReadOwnerFirst(row, 1, _chainOf)) : null;
        row.Reset();
        return found;
    }

    public void Put(SettingRow setting) =>
        _sql.Run(BindOwnerFirst(
            _sql.PutSetting.Bind(1, _group).Bind(2, setting.Key).Bind(3, setting.Value), 4, setting.Order));

    public void RemoveSetting(string key) => _sql.Run(_sql.RemoveSetting.Bind(1, _group).Bind(2, key));

    /// <remarks>Header and payload come from the log; acts are few, and read only when the authority changed.</remarks>
    public IReadOnlyList<ActRow> Acts()
    {
        FlushActs();
        var found = new List<(Position Position, int Rank)>();
        var row = _sql.Acts.Bind(1, _group);
        while (row.Step())
            found.Add((new Position(_chainOf(row.Int64(0)), row.Int64(1)), (int)row.Int64(2)));
        row.Reset();
        return found.ConvertAll(act => ReadAct(act.Position, act.Rank));
    }

    public ActRow? FindAct(Position position)
    {
        if (_acts.TryGetValue(position, out var pending)) return pending;
        var row = _sql.FindAct.Bind(1, _group).Bind(2, Number(position.Chain)).Bind(3, position.Seq);
        int? rank = row.Step() ? (int)row.Int64(0) : null;
        row.Reset();
        return rank is { } known ? ReadAct(position, known) : null;
    }

    public void Put(ActRow act) => _acts[new Position(act.Header.Chain, act.Header.Seq)] = act;

    /// <summary>Writes what changed; the rows stay cached.</summary>
    public void Flush()
    {
        FlushActs();
        foreach (var (target, (up, down)) in _added) WriteAdded(target, up, down);
        _added.Clear();
        foreach (var key in _dirtyItems)
        {
            ref var cached = ref CollectionsMarshal.GetValueRefOrNullRef(_items, key);
            Write(cached.Row!, cached.IsNew ? _sql.AddItem : _sql.PutItem);
            var counted = Counted(cached.Row);
            Count(cached.Counted, -1);
            Count(counted, 1);
            (cached.IsDirty, cached.IsNew, cached.Counted) = (false, false, counted);
        }

        _dirtyItems.Clear();
        if (_counts == _writtenCounts) return;
        _sql.Run(_sql.PutCounts.Bind(1, _group).Bind(2, _counts.Posts).Bind(3, _counts.Comments));
        _writtenCounts = _counts;
    }

    /// <summary>Drops the cache after a flush, so that memory stays bounded.</summary>
    public void Forget() => _items.Clear();

    /// <summary>What lists count an item as; unknown where they leave it out.</summary>
    private static ItemKind Counted(ItemRow? item) =>
        item is { IsDeleted: false } ? item.Kind : ItemKind.Unknown;

    private void Count(ItemKind kind, int by)
    {
        if (kind == ItemKind.Post) _counts.Posts += by;
        else if (kind == ItemKind.Comment) _counts.Comments += by;
    }

    private ItemRow? LoadItem(in EventRef key)
    {
        var row = BindTarget(_sql.FindItem, key);
        var found = row.Step() ? RowColumns.ReadItem(row, _chainOf) : null;
        row.Reset();
        return found;
    }

    private void WriteAdded(in EventRef target, long up, long down)
    {
        _sql.Run(BindTarget(_sql.AddVotes, target).Bind(4, up).Bind(5, down));
        if (_sql.AddVotes.Changes() == 1) return;
        Write(new ItemRow(target) { Up = up, Down = down }, _sql.AddItem);
    }

    private void Await(in EventRef key)
    {
        _awaited?.Add(key);
        if (_awaited is { Count: > AwaitedMax }) _awaited = null;
    }

    private void Write(ItemRow item, Statement into)
    {
        if (item.Kind == ItemKind.Unknown) Await(item.Key);
        else _awaited?.Remove(item.Key);
        var statement = BindTarget(into, item.Key).Bind(4, _group).Bind(5, (long)item.Kind)
            .Bind(6, item.HasText ? 1 : 0).Bind(7, item.AgentId);
        BindRef(statement, 8, item.Post.Seq == 0 ? null : item.Post);
        BindRef(statement, 11, item.Parent);
        statement.Bind(14, RowColumns.Column(item.Hlc));
        RowColumns.BindRegisters(statement, 15, item);
        _sql.Run(statement.Bind(16, item.OwnTombstone ? 1 : 0).Bind(17, item.RankTombstones).Bind(18, item.Up)
            .Bind(19, item.Down));
    }

    private void Run(Statement into, VoteRow vote)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        var length = RowColumns.WriteVoter(vote.Voter, bytes);
        var statement = BindTarget(into, vote.Target)
            .Bind(4, _sql.Origin(vote.Origin)).Bind(5, bytes[..length]).Bind(6, vote.Value);
        _sql.Run(BindOrder(statement, 7, vote.Origin, vote.Order));
    }

    private void FlushActs()
    {
        foreach (var ((chain, seq), act) in _acts)
            _sql.Run(_sql.PutAct.Bind(1, _group).Bind(2, Number(chain)).Bind(3, seq).Bind(4, act.Rank));
        _acts.Clear();
    }

    private ActRow ReadAct(Position position, int rank)
    {
        var act = _store.Find(_groupId, position);
        return act?.Payload is { } payload
            && HivePayloads.ReadPayload(act.Header.Kind, payload.Bytes.Span) is { } content
            ? new ActRow(act.Header, content, rank)
            : throw new InvalidOperationException("An act's event is not in the log.");
    }

    /// <summary>Most rows of a batch name the same chain.</summary>
    private long Number(ChainId chain)
    {
        if (_lastChain.Number == 0 || _lastChain.Chain != chain)
            _lastChain = (chain, _store.ChainNumber(_groupId, chain));
        return _lastChain.Number;
    }

    private Statement BindTarget(Statement statement, in EventRef target) =>
        statement.Bind(1, Number(target.Chain)).Bind(2, target.Seq).Bind(3, RowColumns.Column(target.IdPrefix));

    private void BindRef(Statement statement, int index, EventRef? value)
    {
        if (value is { } present)
            statement.Bind(index, Number(present.Chain)).Bind(index + 1, present.Seq)
                .Bind(index + 2, RowColumns.Column(present.IdPrefix));
        else
            statement.BindNull(index).BindNull(index + 1).BindNull(index + 2);
    }

    private Statement BindOrder(Statement statement, int index, NodeId origin, LastWriterWins order) =>
        statement.Bind(index, RowColumns.Column(order.Hlc))
            .Bind(index + 1, Number(new ChainId(origin, order.Incarnation))).Bind(index + 2, order.Seq);

    private LastWriterWins ReadOrder(Statement row, int column) => RowColumns.ReadOrder(row, column, _chainOf);

    private Statement BindOwnerFirst(Statement statement, int index, OwnerFirst order) =>
        statement.Bind(index, order.Rank).Bind(index + 1, RowColumns.Column(order.Hlc))
            .Bind(index + 2, Number(order.Position.Chain)).Bind(index + 3, order.Seq);

    private struct Cached
    {
        /// <summary>Null: looked for, and not there.</summary>
        public ItemRow? Row;

        public bool IsDirty;

        /// <summary>The table has no row of it.</summary>
        public bool IsNew;

        /// <summary>How the row that the table has was counted.</summary>
        public ItemKind Counted;
    }
}
