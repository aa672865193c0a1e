using System.Collections.Concurrent;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>A node that was paired with this one.</summary>
/// <param name="Kind">Friend or device.</param>
/// <param name="Name">What its owner called it then.</param>
/// <param name="EndedMs">When it was revoked; null while it stands.</param>
public sealed record Paired(NodeId Node, InviteKind Kind, string Name, long SinceMs, long? EndedMs);

/// <summary>Which nodes are this one's friends and devices, and which were.</summary>
/// <remarks>Asked anew on every request, so that whoever is revoked is out with the next one.</remarks>
public sealed class RingBook
{
    private readonly ConcurrentDictionary<NodeId, Paired> _paired = new();
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;

    public RingBook(Database database, LogWriter writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        using var db = database.OpenReader();
        foreach (var row in db.Query<(byte[] Node, string Kind, string Name, long SinceMs, long? EndedMs)>(
            "SELECT node, kind, name, since_ms, ended_ms FROM paired_nodes"))
        {
            var node = new NodeId(new Hash256(row.Node));
            _paired[node] = new Paired(
                node, row.Kind == "device" ? InviteKind.Device : InviteKind.Friend, row.Name, row.SinceMs, row.EndedMs);
        }
    }

    public IReadOnlyList<Paired> All => [.. _paired.Values.OrderBy(p => p.Node)];

    public Paired? Find(NodeId node) => _paired.GetValueOrDefault(node);

    /// <summary>True while it is a friend, of the first degree.</summary>
    public bool IsFriend(NodeId node) => Find(node) is { EndedMs: null, Kind: InviteKind.Friend };

    /// <summary>True while it is a friend or a device.</summary>
    public bool Holds(NodeId node) => Find(node) is { EndedMs: null };

    /// <summary>Durable when it returns. Whoever was revoked before comes back.</summary>
    public Task AddAsync(NodeId node, InviteKind kind, string name, CancellationToken cancellation) =>
        SaveAsync(new Paired(node, kind, name, Now(), null), cancellation);

    /// <summary>Ends it; it stays listed as one that was. Durable when it returns; false where it is none.</summary>
    public async Task<bool> RevokeAsync(NodeId node, CancellationToken cancellation)
    {
        if (Find(node) is not { EndedMs: null } paired) return false;
        await SaveAsync(paired with { EndedMs = Now() }, cancellation);
        return true;
    }

    private async Task SaveAsync(Paired paired, CancellationToken cancellation)
    {
        // Whoever is to be out is out before the disk has confirmed it.
        if (paired.EndedMs is not null) _paired[paired.Node] = paired;
        await _writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT INTO paired_nodes (node, kind, name, since_ms, ended_ms)
                VALUES (@Node, @Kind, @Name, @SinceMs, @EndedMs)
                ON CONFLICT (node) DO UPDATE SET kind = @Kind, name = @Name, since_ms = @SinceMs, ended_ms = @EndedMs
                """,
                new
                {
                    Node = paired.Node.Value.ToArray(),
                    Kind = paired.Kind == InviteKind.Device ? "device" : "friend",
                    paired.Name,
                    paired.SinceMs,
                    paired.EndedMs,
                }),
            cancellation);
        _paired[paired.Node] = paired;
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
