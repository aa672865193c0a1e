using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A refused or parked place in a received body.</summary>
public sealed record RefusedRun(ChainId Chain, long Seq, Refusal Refusal);

/// <summary>A parked place in a received body and what it waits for.</summary>
public sealed record ParkedRun(ChainId Chain, long Seq, Wait WaitsFor);

/// <summary>What became of received batches, told once everything accepted is durable.</summary>
public sealed record IntakeReport(
    VersionVector Durable, IReadOnlyList<ParkedRun> Parked, IReadOnlyList<RefusedRun> Refused, long Appended);

/// <summary>After a flush: these groups have new durable vectors.</summary>
public sealed record GroupChanged(GroupId Group, VersionVector Durable, NodeId? From);

/// <summary>
/// The one writer: a loop that drains local drafts and received batches, appends and folds them in one transaction,
/// commits, and only then answers and announces.
/// </summary>
public sealed partial class LogWriter
{
    public NodeId Self => throw new NotImplementedException();

    /// <summary>Every group's durable vector, as of the last flush.</summary>
    public VersionVector Durable(GroupId group) => throw new NotImplementedException();

    public bool Holds(GroupId group) => throw new NotImplementedException();

    /// <summary>True when that node may receive the group: admitted, not removed. Checked on every request.</summary>
    public bool IsMember(GroupId group, NodeId node) => throw new NotImplementedException();

    /// <summary>Admitted nodes other than this one.</summary>
    public IReadOnlyList<NodeId> Members(GroupId group) => throw new NotImplementedException();

    /// <summary>Founds a group on this node: genesis, durable when it returns.</summary>
    public Task<GroupId> FoundAsync(ReadOnlyMemory<byte> genesisPayload, string kind, string ring, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Starts to replicate a group that another node founded; empty until events arrive.</summary>
    public Task FollowAsync(GroupId group, string kind, string ring, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Writes drafts in order on this node's chain; durable and folded when it returns.</summary>
    public Task<IReadOnlyList<EventRef>> WriteAsync(GroupId group, IReadOnlyList<Draft> drafts, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Takes batches from a peer; answers when all that was accepted is durable and folded.</summary>
    public Task<IntakeReport> ReceiveAsync(GroupId group, NodeId from, IReadOnlyList<Batch> batches, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>
    /// Runs a small write (agents, tokens, invites, peers) on the one writing connection, inside its transaction;
    /// the result is handed out once it is durable. The work must not commit.
    /// </summary>
    public Task<T> OnWriterAsync<T>(Func<Microsoft.Data.Sqlite.SqliteConnection, T> work, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Rank rules of a group, for reading on any thread.</summary>
    public Authority AuthorityOf(GroupId group) => throw new NotImplementedException();

    /// <summary>Announces every durable change to a listener; a slow listener sees the newest vector per group.</summary>
    public IDisposable Listen(Action<GroupChanged> listener) => throw new NotImplementedException();
}
