using System.Collections.Concurrent;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Something that happened to a node of this hub.</summary>
/// <param name="Kind">
/// <c>registered</c>, <c>heard</c>, <c>admitted</c>, <c>stale</c>, <c>returned</c> (heard after it was stale),
/// <c>removed</c>; <c>joined</c> and <c>left</c>, of a group.
/// </param>
public sealed record HubEvent(string Kind, NodeId Node, long AtMs, GroupId? Group);

/// <summary>The nodes of this hub and its pre-auth keys, in memory and on disk.</summary>
public sealed class HubBook
{
    // Of a million members a hub would know this many; each costs a few hundred bytes.
    private const int NodesMax = 20_000;

    // Whoever makes keys makes as many as it likes: the longest wait gives way.
    private const int WaitingMax = 200;
    private const int KeysMax = 1_000;

    private readonly ConcurrentDictionary<NodeId, HubNode> _nodes = new();
    private readonly ConcurrentDictionary<Hash256, PreauthKey> _keys = new();
    private readonly Lock _changing = new();

    // Those of the nodes that are stale, and told to be: they return when they call.
    private readonly HashSet<NodeId> _silent = [];
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;
    private readonly int _nodesMax;

    public HubBook(Database database, LogWriter writer, IVerifier verifier, TimeProvider time)
        : this(database, writer, verifier, time, NodesMax)
    {
    }

    internal HubBook(Database database, LogWriter writer, IVerifier verifier, TimeProvider time, int nodesMax)
    {
        (_writer, _time, _nodesMax) = (writer, time, nodesMax);
        using var db = database.OpenReader();
        foreach (var row in db.Query<(byte[] Said, long Admitted, long RegisteredMs, long HeardMs)>(
            "SELECT said, admitted, registered_ms, heard_ms FROM hub_nodes"))
        {
            // Its record may have expired meanwhile; then it is listed again once it calls.
            if (Wire.TryRead(row.Said, HubJson.Default.HubRegistration) is not { } said) continue;
            if (HubNode.TryRead(said with { Record = null }, row.HeardMs, verifier) is not { } node) continue;
            _nodes[node.Id] = node with
            {
                Said = said,
                IsAdmitted = row.Admitted != 0,
                RegisteredMs = row.RegisteredMs,
            };
            if (_nodes[node.Id].IsStale(Now())) _silent.Add(node.Id);
        }

        foreach (var row in db.Query<(byte[] Hash, long Reusable, long ExpiresMs, long Uses)>(
            "SELECT hash, reusable, expires_ms, uses FROM hub_keys"))
        {
            var key = PreauthKey.Of(new Hash256(row.Hash), row.Reusable != 0, row.ExpiresMs, (int)row.Uses);
            _keys[key.Hash] = key;
        }
    }

    /// <summary>Raised once what it tells is durable; a listener takes note and returns at once.</summary>
    public event Action<HubEvent>? Changed;

    public IReadOnlyList<HubNode> All => [.. _nodes.Values.OrderBy(n => n.Id)];

    public IReadOnlyList<PreauthKey> Keys => [.. _keys.Values.OrderBy(k => k.ExpiresMs).ThenBy(k => k.Id)];

    public HubNode? Find(NodeId id) => _nodes.GetValueOrDefault(id);

    /// <summary>Takes what a node says of itself; null where there is no room. What is new is then durable.</summary>
    /// <param name="preauthKey">Admits it, where that is one in force.</param>
    public async Task<HubNode?> RegisterAsync(HubNode said, string? preauthKey, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        HubNode after;
        HubNode? before;
        NodeId? dropped = null;
        bool returned;
        PreauthKey? spent;
        lock (_changing)
        {
            before = Find(said.Id);
            if (before is null && _nodes.Count >= _nodesMax) return null;
            spent = before?.IsAdmitted == true ? null : Spend(preauthKey);
            var admitted = before?.IsAdmitted == true || spent is not null;
            if (before is null && !admitted) dropped = LongestWaiting();
            if (dropped is { } gone) Forget(gone);
            returned = _silent.Remove(said.Id);
            after = said with { IsAdmitted = admitted, RegisteredMs = before?.RegisteredMs ?? said.RegisteredMs };
            _nodes[said.Id] = after;
        }

        // When a node was heard is kept with the rest of what it says: twenty thousand calls a minute are no writes.
        if (before is null || before.IsAdmitted != after.IsAdmitted || !before.SaysAs(after))
            await KeepAsync(
                db =>
                {
                    if (spent is not null) Keep(db, spent.Hash);
                    if (dropped is { } gone) Keep(db, gone);
                    return Keep(db, said.Id);
                });
        if (dropped is { } forgotten) Tell("removed", forgotten);
        if (returned) Tell("returned", said.Id);
        if (before is null) Tell("registered", said.Id);
        else if (before.IsAdmitted != after.IsAdmitted) Tell("admitted", said.Id);
        else if (!returned) Tell("heard", said.Id);
        return after;
    }

    /// <summary>
    /// A node joins or leaves a group; false where it is not here, or names too many. Durable when it returns.
    /// </summary>
    public async Task<bool> NameAsync(NodeId id, GroupId group, bool joins, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        bool changes, returned;
        lock (_changing)
        {
            if (Find(id) is not { } before) return false;
            if ((joins ? before.Joining(group) : before.Leaving(group)) is not { } named) return false;
            changes = named != before;
            _nodes[id] = named with { HeardMs = Now() };
            returned = _silent.Remove(id);
        }

        if (changes) await KeepAsync(db => Keep(db, id));
        if (returned) Tell("returned", id);
        if (changes) Tell(joins ? "joined" : "left", id, group);
        else if (!returned) Tell("heard", id);
        return true;
    }

    /// <summary>Lets a waiting node in; false where there is none. Durable when it returns.</summary>
    public async Task<bool> AdmitAsync(NodeId id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_changing)
        {
            if (Find(id) is not { } node) return false;
            _nodes[id] = node with { IsAdmitted = true };
        }

        await KeepAsync(db => Keep(db, id));
        Tell("admitted", id);
        return true;
    }

    /// <summary>Forgets a node; false where there is none. Durable when it returns.</summary>
    public async Task<bool> RemoveAsync(NodeId id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_changing)
            if (!Forget(id)) return false;
        await KeepAsync(db => Keep(db, id));
        Tell("removed", id);
        return true;
    }

    /// <summary>A fresh pre-auth key with its text; null where there are too many.</summary>
    public async Task<(PreauthKey Key, string Text)?> MakeKeyAsync(
        bool isReusable, long lifetimeMs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_keys.Count >= KeysMax) return null;
        var (key, text) = PreauthKey.Make(isReusable, Now() + lifetimeMs);
        lock (_changing) _keys[key.Hash] = key;
        await KeepAsync(db => Keep(db, key.Hash));
        return (key, text);
    }

    /// <summary>Ends a pre-auth key; whom it admitted stays. False where there is none.</summary>
    public async Task<bool> RevokeKeyAsync(string id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_keys.Values.FirstOrDefault(k => k.Id == id) is not { } key) return false;
        lock (_changing) _keys.TryRemove(key.Hash, out _);
        await KeepAsync(db => Keep(db, key.Hash));
        return true;
    }

    /// <summary>Counts a use of a key in force; null where it is none, or used up. The caller holds the lock.</summary>
    private PreauthKey? Spend(string? text)
    {
        if (text is null || !PreauthKey.IsOne(text)) return null;
        if (!_keys.TryGetValue(PreauthKey.HashOf(text), out var key)) return null;
        if (key.IsSpent || key.ExpiresMs <= Now()) return null;
        return _keys[key.Hash] = key with { Uses = key.Uses + 1 };
    }

    /// <summary>Tells of nodes that have fallen silent.</summary>
    /// <returns>Milliseconds until the next can; whoever calls meanwhile can only put that off.</returns>
    internal long TellStale()
    {
        lock (_changing)
        {
            var now = Now();
            var first = now;
            foreach (var node in _nodes.Values)
            {
                if (!node.IsStale(now)) first = Math.Min(first, node.HeardMs);
                else if (_silent.Add(node.Id)) Tell("stale", node.Id);
            }

            return first + Limits.SilentMs + 1 - now;
        }
    }

    private bool Forget(NodeId id)
    {
        _silent.Remove(id);
        return _nodes.TryRemove(id, out _);
    }

    private NodeId? LongestWaiting()
    {
        var waiting = _nodes.Values.Where(n => !n.IsAdmitted).ToList();
        return waiting.Count < WaitingMax ? null : waiting.MinBy(n => (n.HeardMs, n.Id))!.Id;
    }

    private void Tell(string kind, NodeId node, GroupId? group = null) =>
        Changed?.Invoke(new HubEvent(kind, node, Now(), group));

    /// <summary>What has changed in memory goes to disk, whether or not whoever asked still waits for it.</summary>
    private Task<int> KeepAsync(Func<SqliteConnection, int> work) =>
        _writer.OnWriterAsync(work, CancellationToken.None);

    /// <summary>As the node is by then: a later change may have come to the writer first.</summary>
    private int Keep(SqliteConnection db, NodeId id) => Find(id) is { } node
        ? Save(db, node)
        : db.Execute("DELETE FROM hub_nodes WHERE id = @Id", new { Id = id.Value.ToArray() });

    /// <summary>As above, of a key.</summary>
    private int Keep(SqliteConnection db, Hash256 hash) => _keys.TryGetValue(hash, out var key)
        ? Save(db, key)
        : db.Execute("DELETE FROM hub_keys WHERE hash = @Hash", new { Hash = hash.ToArray() });

    private static int Save(SqliteConnection db, HubNode node) => db.Execute(
        """
        INSERT INTO hub_nodes (id, said, admitted, registered_ms, heard_ms)
        VALUES (@Id, @Said, @Admitted, @RegisteredMs, @HeardMs)
        ON CONFLICT (id) DO UPDATE
            SET said = @Said, admitted = @Admitted, registered_ms = @RegisteredMs, heard_ms = @HeardMs
        """,
        new
        {
            Id = node.Id.Value.ToArray(),
            Said = node.Bytes(),
            Admitted = node.IsAdmitted,
            node.RegisteredMs,
            node.HeardMs,
        });

    private static int Save(SqliteConnection db, PreauthKey key) => db.Execute(
        """
        INSERT INTO hub_keys (hash, reusable, expires_ms, uses) VALUES (@Hash, @IsReusable, @ExpiresMs, @Uses)
        ON CONFLICT (hash) DO UPDATE SET uses = @Uses
        """,
        new { Hash = key.Hash.ToArray(), key.IsReusable, key.ExpiresMs, key.Uses });

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
