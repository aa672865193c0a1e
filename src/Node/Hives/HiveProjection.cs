using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Folds hives into the node's database, inside the writer's transaction.</summary>
/// <remarks>
/// Belongs to the writer's thread. Rows wait in memory until <see cref="Flush"/>, or until a long refold has touched
/// <see cref="CachedRowsMax"/> of them; they stay cached afterwards up to the same bound.
/// </remarks>
internal sealed class HiveProjection(Database database, SqliteEventStore store) : IProjection, IDisposable
{
    /// <summary>About 4 MB of rows: what a few batches touch.</summary>
    private const int CachedRowsMax = 10_000;

    /// <summary>Agents whose last name is remembered, so that it is written once and not with every comment.</summary>
    private const int CachedAgentsMax = 10_000;

    private static readonly string[] TablesByGroup =
        ["hive_items", "hive_members", "hive_bans", "hive_settings", "hive_acts", "hive_counts"];

    private static readonly string[] TablesByChain = ["hive_edits", "hive_votes", "hive_tallies"];

    private readonly HiveStatements _sql = new(database);
    private readonly Dictionary<GroupId, Hive> _hives = [];
    private readonly Dictionary<(NodeId Origin, string AgentId), AgentProfile> _agents = [];
    private readonly Erasures _erasures = new();

    public string GroupKind => HivesApp.GroupKind;

    public int Version => 1;

    public IPayloadSchema Schema => HivesApp.Schema;

    public void Apply(VerifiedBatch batch, Authority authority)
    {
        var hive = Of(batch.Group, authority);
        foreach (var e in batch.Events)
        {
            hive.Fold.Apply(e);
            RememberAgent(e);
        }

        hive.Fold.Rejudge();
        foreach (var position in hive.Fold.TakeErasures()) _erasures.Add(batch.Group, position);
        if (hive.Rows.CachedRows <= CachedRowsMax) return;
        hive.Rows.Flush();
        hive.Rows.Forget();
    }

    /// <summary>
    /// Begins a group that is folded under an authority known to its end. No act is judged again, which would read it
    /// from the log: where rows are folded without one, there is none.
    /// </summary>
    public void Begin(GroupId group, Authority authority) => Of(group, authority).Fold.Rejudge();

    public Event? Keep(VerifiedEvent e, Authority authority)
    {
        // Else each of a million look-ups would begin and end a transaction of its own.
        database.Begin();
        var rows = Of(e.Group, authority).Rows;
        var kept = HiveEdition.Keep(e, rows);
        if (rows.CachedRows <= CachedRowsMax) return kept;
        rows.Flush();
        rows.Forget();
        return kept;
    }

    public Hash256 StateOf(GroupId group)
    {
        if (_hives.TryGetValue(group, out var hive)) hive.Rows.Flush();
        return HiveRowDigest.Compute(database.Writer, group, number => store.ChainOf(number).Chain);
    }

    public void Forget()
    {
        _hives.Clear();
        _agents.Clear();
        _erasures.Clear();
        _sql.Forget();
    }

    public void Fill(VerifiedEvent e, Authority authority)
    {
        var hive = Of(e.Group, authority);
        hive.Fold.Fill(e);
        RememberAgent(e);
        foreach (var position in hive.Fold.TakeErasures()) _erasures.Add(e.Group, position);
    }

    public void Clear(GroupId group)
    {
        _erasures.Drop(group);
        var number = store.GroupNumber(group);
        foreach (var table in TablesByGroup)
        {
            using var delete = database.Prepare($"DELETE FROM {table} WHERE group_no = ?1");
            database.Write(delete.Bind(1, number));
        }

        foreach (var table in TablesByChain)
        {
            using var delete = database.Prepare(
                $"DELETE FROM {table} WHERE chain IN (SELECT no FROM chains WHERE group_no = ?1)");
            database.Write(delete.Bind(1, number));
        }

        _hives.Remove(group);
    }

    public void Flush()
    {
        var cached = 0;
        foreach (var hive in _hives.Values)
        {
            hive.Rows.Flush();
            cached += hive.Rows.CachedRows;
        }

        if (cached <= CachedRowsMax) return;
        foreach (var hive in _hives.Values) hive.Rows.Forget();
    }

    public IReadOnlyList<(GroupId Group, Position Position)> TakeErasures()
    {
        var taken = _erasures.Take();
        foreach (var (group, position) in taken)
        {
            // The index holds a copy of the text; it goes in the transaction that erases the text itself.
            var row = SearchRow.Of(store.ChainNumber(group, position.Chain), position.Seq);
            _sql.Run(_sql.RemoveFromSearch.Bind(1, row));
        }

        return taken;
    }

    public void Dispose() => _sql.Dispose();

    private Hive Of(GroupId group, Authority authority)
    {
        var known = _hives.GetValueOrDefault(group);
        // A group that was opened anew, as after an edition, is judged by another.
        if (ReferenceEquals(known?.Authority, authority)) return known;
        var rows = known?.Rows ?? new SqliteHiveRows(_sql, store, group);
        return _hives[group] = new Hive(rows, new HiveFold(rows, authority), authority);
    }

    private void RememberAgent(VerifiedEvent e)
    {
        if (e.Content is CommentCreated comment) Remember(e.Header, comment.Agent);
        else if (e.Content is PostCreated post) Remember(e.Header, post.Agent);
    }

    private void Remember(EventHeader header, AgentProfile agent)
    {
        var key = (header.Origin, agent.AgentId);
        if (_agents.TryGetValue(key, out var known) && known == agent) return;
        if (_agents.Count >= CachedAgentsMax) _agents.Clear();
        _agents[key] = agent;
        var statement = _sql.PutAgent.Bind(1, _sql.Origin(header.Origin)).Bind(2, agent.AgentId).Bind(3, agent.Name);
        if (agent.Avatar is null) statement.BindNull(4);
        else statement.Bind(4, agent.Avatar);
        _sql.Run(statement.Bind(5, RowColumns.Column(header.Hlc)));
    }

    private sealed record Hive(SqliteHiveRows Rows, HiveFold Fold, Authority Authority);
}
