using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Anarchive.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>A refused or parked place in a received body.</summary>
public sealed record RefusedRun(ChainId Chain, long Seq, Refusal Refusal);

/// <summary>A parked place in a received body and what it waits for.</summary>
public sealed record ParkedRun(ChainId Chain, long Seq, Wait WaitsFor);

/// <summary>What became of received batches, told once everything accepted is durable.</summary>
public sealed record IntakeReport(
    VersionVector Durable, IReadOnlyList<ParkedRun> Parked, IReadOnlyList<RefusedRun> Refused, long Appended);

/// <summary>After a flush: a group has a new durable vector.</summary>
public sealed record GroupChanged(GroupId Group, VersionVector Durable, NodeId? From);

/// <summary>
/// A write that this node may not make now: not admitted, removed, frozen, or the group is not here yet.
/// </summary>
public sealed class LogRefusedException(Refusal refusal)
    : Exception($"This node may not write in the group now: {refusal.Code()}.")
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>
/// The one writer: a loop that drains local drafts and received batches, appends and folds them in one transaction,
/// commits, and only then answers and announces.
/// </summary>
/// <remarks>
/// Group commit: a transaction ends when the queue is empty, after 2 ms, at 500 events or at 1 MiB. A failed commit
/// ends the loop and with it the process; a restart replays what is durable.
/// </remarks>
public sealed class LogWriter : BackgroundService
{
    private const int QueueLength = 1024;
    private const int FlushEvents = 500;

    private static readonly TimeSpan FlushAfter = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(15);

    private readonly Channel<WriterRequest> _queue = Channel.CreateBounded<WriterRequest>(
        new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly ConcurrentDictionary<GroupId, GroupSnapshot> _groups = new();
    private readonly ConcurrentDictionary<GroupId, long> _backlog = new();
    private readonly Lock _starting = new();
    private readonly WriterCore _core;
    private readonly IVerifier _verifier;
    private readonly TimeProvider _time;
    private readonly NodeClock _clock;
    private readonly ILogger<LogWriter> _log;
    private Task? _firstWrite;
    private ImmutableArray<Action<GroupChanged>> _listeners = [];

    internal LogWriter(
        WriterCore core, IVerifier verifier, TimeProvider time, NodeClock clock, ILogger<LogWriter> log)
    {
        (_core, _verifier, _time, _clock, _log) = (core, verifier, time, clock, log);
        foreach (var snapshot in core.Snapshots()) _groups[snapshot.Group.Id] = snapshot;
    }

    /// <summary>Awaited by the first write after a start; set before the node serves.</summary>
    internal Func<Task> BeforeFirstWrite { private get; set; } = () => Task.CompletedTask;

    /// <summary>Groups in which nothing is written here, whatever the log says of this node's standing.</summary>
    internal Func<GroupId, bool> IsReadOnly { private get; set; } = _ => false;

    public NodeId Self => _core.Self;

    /// <summary>The chain this node writes on in every group, until a restored backup is found out.</summary>
    public ChainId OwnChain => _core.OwnChain;

    /// <summary>This node's key statements, as a genesis carries them.</summary>
    public IReadOnlyList<KeyStatement> Statements => _core.Statements;

    /// <summary>Every group this node replicates.</summary>
    public IReadOnlyList<StoredGroup> Groups() => [.. _groups.Values.Select(g => g.Group).OrderBy(g => g.Id)];

    /// <summary>A group's durable vector, as of the last flush.</summary>
    public VersionVector Durable(GroupId group) =>
        _groups.TryGetValue(group, out var known) ? known.Durable : VersionVector.Empty;

    public bool Holds(GroupId group) => _groups.ContainsKey(group);

    /// <summary>Events parked in a group, as of the last flush.</summary>
    public int Parked(GroupId group) => _groups.TryGetValue(group, out var known) ? known.Parked : 0;

    /// <summary>Events received and on their way through intake: neither durable nor folded yet.</summary>
    public long Backlog(GroupId group) => _backlog.GetValueOrDefault(group);

    /// <summary>
    /// With the durable vector, the version of a group's rows: payloads come late, groups are folded anew.
    /// </summary>
    public long Revision(GroupId group) =>
        _groups.TryGetValue(group, out var known) ? known.Revision : 0;

    /// <summary>Another node writes with this node's keys, as was seen since the start.</summary>
    public bool SeesCopy => _core.SeesCopy;

    /// <summary>Chains frozen by a fork, with the proofs to pass on.</summary>
    public IReadOnlyList<StoredFork> Forks(GroupId group) =>
        _groups.TryGetValue(group, out var known) ? known.Forks : [];

    /// <summary>True when that node may receive the group: admitted, not removed. Checked on every request.</summary>
    public bool IsMember(GroupId group, NodeId node) =>
        _groups.TryGetValue(group, out var known) && known.Authority.IsMember(node);

    /// <summary>Admitted nodes other than this one.</summary>
    public IReadOnlyList<NodeId> Members(GroupId group) =>
        _groups.TryGetValue(group, out var known) ? [.. known.Authority.Members().Where(n => n != Self)] : [];

    /// <summary>Who may receive a group; null where it is not here.</summary>
    public string? RingOf(GroupId group) => _groups.TryGetValue(group, out var known) ? known.Group.Ring : null;

    /// <summary>Rank rules of a group, for reading on any thread.</summary>
    public Authority AuthorityOf(GroupId group) =>
        _groups.TryGetValue(group, out var known)
            ? known.Authority
            : throw new InvalidOperationException("That group is not here.");

    /// <summary>Why this node may not write in a group now; <see cref="Refusal.None"/> when it may.</summary>
    public Refusal StandingIn(GroupId group) =>
        !_groups.TryGetValue(group, out var known) ? Refusal.NotFound
            : IsReadOnly(group) ? Refusal.NotAMember
            : known.Standing;

    /// <summary>Founds a group on this node: genesis, durable when it returns.</summary>
    public Task<GroupId> FoundAsync(
        ReadOnlyMemory<byte> genesisPayload, string kind, string ring, CancellationToken cancellation) =>
        AskAsync(new WriterRequest.Found(genesisPayload, kind, ring), cancellation);

    /// <summary>
    /// Makes the genesis of a group that may be founded later: its id is known from here on, and nothing is written.
    /// </summary>
    public Task<Batch> PlanAsync(ReadOnlyMemory<byte> genesisPayload, CancellationToken cancellation) =>
        AskAsync(new WriterRequest.Plan(genesisPayload), cancellation);

    /// <summary>
    /// Founds a group as planned; the same again changes nothing. Throws <see cref="LogRefusedException"/> where
    /// key or clock are others since.
    /// </summary>
    public Task<GroupId> FoundAsync(Batch planned, string kind, string ring, CancellationToken cancellation) =>
        AskAsync(new WriterRequest.Found(default, kind, ring, planned), cancellation);

    /// <summary>Starts to replicate a group that another node founded; empty until events arrive.</summary>
    public Task FollowAsync(GroupId group, string kind, string ring, CancellationToken cancellation) =>
        AskAsync(new WriterRequest.Follow(new StoredGroup(group, kind, ring)), cancellation);

    /// <summary>
    /// Writes drafts in order on this node's chain; durable and folded when it returns. Throws
    /// <see cref="LogRefusedException"/> where this node may not write.
    /// </summary>
    public async Task<IReadOnlyList<EventRef>> WriteAsync(
        GroupId group, IReadOnlyList<Draft> drafts, CancellationToken cancellation)
    {
        if (IsReadOnly(group)) throw new LogRefusedException(Refusal.NotAMember);
        await MayWriteAsync().WaitAsync(cancellation);
        return await AskAsync(new WriterRequest.Write(group, drafts), cancellation);
    }

    /// <summary>
    /// Takes batches from a peer; answers when all that was accepted is durable and folded. Hashes and signatures are
    /// checked on the calling thread, beside the writer.
    /// </summary>
    public async Task<IntakeReport> ReceiveAsync(
        GroupId group, NodeId from, IReadOnlyList<Batch> batches, CancellationToken cancellation)
    {
        if (!_groups.TryGetValue(group, out var known))
            return new IntakeReport(VersionVector.Empty, [], [.. batches.Select(RefuseUnknown)], 0);
        var schema = _core.SchemaOf(known.Group);
        var refused = new List<RefusedRun>();
        var passed = new List<CheckedBatch>(batches.Count);
        foreach (var batch in batches)
        {
            var key = known.Keys.TryGetValue(batch.Chain, out var current) ? current : (PublicKey?)null;
            if (BatchCheck.Check(group, batch, schema, _verifier, key, out var why) is { } ok) passed.Add(ok);
            else refused.Add(new RefusedRun(batch.Chain, batch.FirstSeq, why));
        }

        if (passed.Count == 0) return new IntakeReport(Durable(group), [], refused, 0);
        var request = new WriterRequest.Receive(group, from, passed);
        request.Refused.AddRange(refused);
        var waiting = passed.Sum(b => b.LastSeq - b.FirstSeq + 1);
        _backlog.AddOrUpdate(group, waiting, (_, others) => others + waiting);
        try
        {
            return await AskAsync(request, cancellation);
        }
        finally
        {
            _backlog.AddOrUpdate(group, 0, (_, all) => all - waiting);
        }

        static RefusedRun RefuseUnknown(Batch batch) => new(batch.Chain, batch.FirstSeq, Refusal.NotFound);
    }

    /// <summary>
    /// Freezes a chain on a proof from a peer; false when the proof does not hold or says nothing new.
    /// </summary>
    public Task<bool> ReceiveForkAsync(GroupId group, ForkProof proof, CancellationToken cancellation) =>
        AskAsync(new WriterRequest.AddFork(group, proof), cancellation);

    /// <summary>
    /// Puts owed payloads where their headers promise them; answers, once they are durable and folded, with how many.
    /// </summary>
    public Task<int> FillAsync(
        GroupId group, IReadOnlyList<(Position, Payload)> payloads, CancellationToken cancellation) =>
        payloads.Count == 0 ? Task.FromResult(0) : AskAsync(new WriterRequest.Fill(group, payloads), cancellation);

    /// <summary>Folds a group anew from its events, all groups where null; answers with the events folded.</summary>
    public Task<long> RefoldAsync(GroupId? group, CancellationToken cancellation) =>
        AskAsync(new WriterRequest.Refold(group), cancellation);

    /// <summary>Events folded anew so far by what the writer is at; 0 where it folds none.</summary>
    public long Folding => _core.Folding;

    /// <summary>
    /// Makes an edition of a group this node owns and drops the events it replaces, durable when it returns; a dry run
    /// changes nothing. Throws <see cref="LogRefusedException"/> where this node may not, or with
    /// <see cref="Refusal.TooLarge"/> where the edition would be.
    /// </summary>
    public Task<Compaction> CompactAsync(GroupId group, bool dryRun, CancellationToken cancellation) =>
        AskAsync(new WriterRequest.Compact(group, dryRun), cancellation);

    /// <summary>
    /// Takes over an edition whose file is here, durable when it returns; where anything is wrong with it, nothing
    /// changes. Its order and signature are checked on the calling thread, beside the writer.
    /// </summary>
    public async Task<EditionFault> ImportAsync(GroupId group, Hash256 file, CancellationToken cancellation)
    {
        if (!_groups.TryGetValue(group, out var known)) return EditionFault.WrongGroup;
        return _core.Check(known.Group, file, out var fault) is { } edition
            ? await AskAsync(new WriterRequest.Import(edition), cancellation)
            : fault;
    }

    /// <summary>The edition a group is cut at here; null where every event is here.</summary>
    public EditionNote? EditionOf(GroupId group) =>
        _groups.TryGetValue(group, out var known) ? known.Edition : null;

    /// <summary>
    /// Signs with another key from now on; every group this node writes in is told, durable when it returns.
    /// </summary>
    internal Task RekeyAsync(Func<WriterIdentity, WriterIdentity> change, CancellationToken cancellation) =>
        AskAsync(new WriterRequest.Rekey(change), cancellation);

    /// <summary>A peer holds more of our own chain than we do: write on under a new incarnation.</summary>
    public Task RenewIncarnationAsync(CancellationToken cancellation) =>
        AskAsync(new WriterRequest.RenewIncarnation(), cancellation);

    /// <summary>
    /// Runs a small write (agents, tokens, invites, peers) on the one writing connection, inside its transaction;
    /// the result is handed out once it is durable. The work must not commit.
    /// </summary>
    public async Task<T> OnWriterAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation)
    {
        var request = new WriterRequest.Work<T>(work);
        await EnqueueAsync(request, cancellation);
        return await request.Task.WaitAsync(cancellation);
    }

    /// <summary>As above, of a write without a result.</summary>
    public Task OnWriterAsync(Action<SqliteConnection> work, CancellationToken cancellation) => OnWriterAsync(
        db =>
        {
            work(db);
            return true;
        },
        cancellation);

    /// <summary>
    /// Announces every durable change, on the writer's thread: a listener takes note and returns at once.
    /// </summary>
    public IDisposable Listen(Action<GroupChanged> listener)
    {
        ImmutableInterlocked.Update(ref _listeners, list => list.Add(listener));
        return new Subscription(() => ImmutableInterlocked.Update(ref _listeners, list => list.Remove(listener)));
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Rows of an older shape are made anew before anyone reads them.
        _core.RefoldStale();
        _core.Begin(_clock.NowMs());
        _core.OpenRekeyed();
        Publish(_core.Commit());
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var ticks = new Timer(_ => _queue.Writer.TryWrite(new WriterRequest.Tick()), null, TickEvery, TickEvery);
        var open = new List<WriterRequest>();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken)) DrainOnce(open);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what was not answered was not promised.
        }
        finally
        {
            _queue.Writer.TryComplete();
            var stopped = new OperationCanceledException("The node is stopping.");
            foreach (var request in open) request.Fail(stopped);
            while (_queue.Reader.TryRead(out var late)) late.Fail(stopped);
        }
    }

    /// <summary>One transaction: takes requests until a flush is due, commits, answers.</summary>
    private void DrainOnce(List<WriterRequest> open)
    {
        var started = _time.GetTimestamp();
        _core.Begin(_clock.NowMs());
        while (_queue.Reader.TryRead(out var request))
        {
            // Open first: should it bring the writer down, its asker must hear of that too.
            open.Add(request);
            if (!_core.Take(request)) open.RemoveAt(open.Count - 1);
            if (_core.PendingEvents >= FlushEvents || _core.PendingBytes >= Limits.BatchBytesMax) break;
            if (_time.GetElapsedTime(started) >= FlushAfter) break;
        }

        var changed = _core.Commit();
        Publish(changed);
        foreach (var request in open) request.Answer();
        open.Clear();
        foreach (var change in changed)
            foreach (var listener in _listeners)
                listener(new GroupChanged(change.Snapshot.Group.Id, change.Snapshot.Durable, change.From));
    }

    private void Publish(IReadOnlyList<(GroupSnapshot Snapshot, NodeId? From)> changed)
    {
        foreach (var (snapshot, _) in changed) _groups[snapshot.Group.Id] = snapshot;
        if (changed.Count > 0) NodeLog.Flushed(_log, changed.Count, _core.FlushedEvents);
    }

    private Task MayWriteAsync()
    {
        lock (_starting) return _firstWrite ??= BeforeFirstWrite();
    }

    private async Task<T> AskAsync<T>(WriterRequest.Returning<T> request, CancellationToken cancellation)
    {
        await EnqueueAsync(request, cancellation);
        return await request.Task.WaitAsync(cancellation);
    }

    private async Task EnqueueAsync(WriterRequest request, CancellationToken cancellation)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, cancellation);
        }
        catch (ChannelClosedException)
        {
            throw new OperationCanceledException("The node is stopping.");
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
