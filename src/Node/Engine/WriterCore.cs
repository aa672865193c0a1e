using System.Collections.Immutable;
using System.Diagnostics;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>What the writer writes as: the key, its statements, and the chain of this database.</summary>
internal sealed record WriterIdentity(ISigner Signer, IReadOnlyList<KeyStatement> Statements, ChainId Own);

/// <summary>
/// The writer's work between two commits: takes requests, appends and folds; everything here runs on one thread.
/// </summary>
internal sealed partial class WriterCore
{
    private readonly IEventStore _store;
    private readonly IEditionFiles _files;
    private readonly Func<SqliteConnection> _connection;
    private readonly IReadOnlyDictionary<string, IProjection> _projections;
    private readonly IVerifier _verifier;
    private readonly IRandomSource _random;
    private readonly Func<Incarnation> _renew;
    private readonly Dictionary<GroupId, Replica> _replicas = [];
    private readonly Dictionary<GroupId, List<WriterRequest.Write>> _writes = [];
    private readonly Dictionary<GroupId, NodeId?> _touched = [];
    private readonly Dictionary<GroupId, long> _revisions = [];
    private WriterIdentity _identity;
    private Hlc _latest;
    private long _now;

    public WriterCore(
        IEventStore store,
        IEditionFiles files,
        Func<SqliteConnection> connection,
        IEnumerable<IProjection> projections,
        IVerifier verifier,
        IRandomSource random,
        WriterIdentity identity,
        Func<Incarnation> renew)
    {
        (_store, _files, _connection, _verifier, _random) = (store, files, connection, verifier, random);
        (_identity, _renew) = (identity, renew);
        _projections = projections.ToDictionary(p => p.GroupKind, StringComparer.Ordinal);
        foreach (var group in store.Groups()) _replicas[group.Id] = Load(group);
        foreach (var chain in _replicas.Values.SelectMany(r => r.Chains))
            if (chain.Hlc > _latest) _latest = chain.Hlc;
    }

    public NodeId Self => _identity.Own.Origin;

    public ChainId OwnChain => _identity.Own;

    public IReadOnlyList<KeyStatement> Statements => _identity.Statements;

    /// <summary>Another running node has this node's keys.</summary>
    public bool SeesCopy { get; private set; }

    /// <summary>Events taken since the last commit.</summary>
    public int PendingEvents { get; private set; }

    /// <summary>Payload bytes taken since the last commit.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Events made durable by the last commit.</summary>
    public int FlushedEvents { get; private set; }

    public IEnumerable<GroupSnapshot> Snapshots() => _replicas.Values.Select(Snapshot);

    public IPayloadSchema SchemaOf(StoredGroup group) =>
        _projections.TryGetValue(group.Kind, out var projection) ? projection.Schema : EngineKinds.Schema;

    public void Begin(long nowUnixMs) => (_now, PendingEvents, PendingBytes) = (nowUnixMs, 0, 0);

    /// <summary>Takes a request into this transaction. False when it has been refused and answered already.</summary>
    public bool Take(WriterRequest request)
    {
        switch (request)
        {
            case WriterRequest.Write write:
                return TakeWrite(write);
            case WriterRequest.Receive receive:
                TakeReceived(receive);
                return true;
            case WriterRequest.Fill fill:
                fill.Result = Fill(fill);
                return true;
            case WriterRequest.Work work:
                return TakeWork(work);
            case WriterRequest.Found found:
                return TakeFound(found);
            case WriterRequest.Plan plan:
                plan.Result = Composer.Found(plan.GenesisPayload, OwnChain, _identity.Signer, _random, _now).Run;
                return true;
            case WriterRequest.Follow follow:
                Replicate(follow.Group);
                return true;
            case WriterRequest.AddFork fork:
                fork.Result = TakeFork(fork.Group, fork.Proof, alreadyProven: false);
                return true;
            case WriterRequest.Refold refold:
                refold.Result = Refold(refold.Group);
                return true;
            case WriterRequest.Compact compact:
                return TakeCompact(compact);
            case WriterRequest.Import import:
                import.Result = Import(import.Edition);
                return true;
            case WriterRequest.RenewIncarnation:
                Renew();
                return true;
            case WriterRequest.Rekey rekey:
                TakeRekey(rekey);
                return true;
            case WriterRequest.Tick:
                foreach (var replica in _replicas.Values) ReleaseParked(replica);
                return true;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Ends the transaction: local runs are signed and appended, rows written, erased text erased, committed.
    /// </summary>
    public IReadOnlyList<(GroupSnapshot Snapshot, NodeId? From)> Commit()
    {
        FinishRows();
        if (_touched.Keys.Any(g => IsReadmitted(_replicas[g]))) Renew();
        _store.Commit();
        FlushedEvents = PendingEvents;
        var changed = _touched.Select(t => (Snapshot(_replicas[t.Key]), t.Value)).ToArray();
        _touched.Clear();
        return changed;
    }

    private void FinishRows()
    {
        foreach (var (group, writes) in _writes) AppendLocal(_replicas[group], writes);
        _writes.Clear();
        foreach (var group in _touched.Keys.ToList())
            if (_replicas[group].NeedsRefold) Refold(group);
        foreach (var projection in _projections.Values)
        {
            projection.Flush();
            foreach (var (group, position) in projection.TakeErasures()) _store.Erase(group, position);
        }
    }

    private bool TakeWrite(WriterRequest.Write write)
    {
        var standing = _replicas.TryGetValue(write.Group, out var replica)
            ? ComposerOf(replica).Standing()
            : Refusal.NotFound;
        if (standing != Refusal.None)
        {
            write.Fail(new LogRefusedException(standing));
            return false;
        }

        if (!_writes.TryGetValue(write.Group, out var writes)) _writes[write.Group] = writes = [];
        writes.Add(write);
        Touch(write.Group, null);
        foreach (var draft in write.Drafts) Count(draft.Payload.Length);
        return true;
    }

    private bool TakeWork(WriterRequest.Work work)
    {
        try
        {
            work.Run(_connection());
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT)
        {
            // A broken constraint concerns the asker alone; any other failure ends the writer.
            work.Fail(e);
            return false;
        }
    }

    private void TakeReceived(WriterRequest.Receive request)
    {
        if (!_replicas.TryGetValue(request.Group, out var replica))
        {
            request.Result = new IntakeReport(VersionVector.Empty, [], [], 0);
            return;
        }

        foreach (var batch in request.Batches)
        {
            switch (Settle(replica, batch, request.From, null))
            {
                case Judgement.Accepted accepted:
                    request.Appended += accepted.Batch.Events.Count;
                    if (replica.Parking.Concerns(batch.Chain)) ReleaseParked(replica);
                    break;
                case Judgement.Parked parked:
                    request.Parked.Add(new ParkedRun(batch.Chain, batch.FirstSeq, parked.WaitsFor));
                    ReleaseParked(replica);
                    break;
                case Judgement.Refused refused:
                    request.Refused.Add(new RefusedRun(batch.Chain, refused.Seq, refused.Code));
                    break;
                case Judgement.Forked forked:
                    request.Refused.Add(new RefusedRun(batch.Chain, forked.Seq, Refusal.Equivocation));
                    break;
            }
        }

        // The vector is durable by the time the report is handed out.
        request.Result = new IntakeReport(replica.Vector, request.Parked, request.Refused, request.Appended);
    }

    /// <summary>Judges a batch and does what follows from it.</summary>
    private Judgement Settle(
        Replica replica, CheckedBatch batch, NodeId from, IReadOnlyDictionary<ChainId, long>? arriving)
    {
        var judgement = replica.Judge(batch, _now, arriving);
        switch (judgement)
        {
            case Judgement.Accepted accepted:
                Append(replica, accepted.Batch, from);
                break;
            case Judgement.Parked parked:
                Touch(replica.Group.Id, from);
                var full = replica.Parking.Park(batch, from, parked.WaitsFor);
                if (full != Refusal.None) return new Judgement.Refused(full, batch.FirstSeq);
                break;
            case Judgement.Forked forked:
                TakeFork(replica.Group.Id, forked.Proof, alreadyProven: true);
                break;
        }

        return judgement;
    }

    private void ReleaseParked(Replica replica)
    {
        while (true)
        {
            var (released, arriving) = replica.Parking.Release(replica, _now);
            var waiting = 0;
            foreach (var parked in released)
            {
                if (BatchFraming.TryRead(parked.Frame, out _) is not { } batch) continue;
                var key = replica.KeyOf(batch.Chain);
                var schema = SchemaOf(replica.Group);
                if (BatchCheck.Check(replica.Group.Id, batch, schema, _verifier, key, out _) is { } again
                    && Settle(replica, again, parked.From, arriving) is Judgement.Parked) waiting++;
            }

            // Where all of them wait again, another round would say the same; none, where nothing was released.
            if (waiting == released.Count) return;
        }
    }

    private void Append(Replica replica, VerifiedBatch batch, NodeId? from)
    {
        // Our own word, from another chain, later than all we wrote: a second node runs with our keys.
        SeesCopy |= from is not null && batch.Chain.Origin == Self && batch.Chain != OwnChain
            && replica.Find(OwnChain) is { Stored.Seq: > 0 } own && batch.LastHlc > own.Hlc;
        _store.Append(batch);
        if (batch.LastHlc > _latest) _latest = batch.LastHlc;
        if (replica.Appended(batch) is { } seen && !replica.NeedsRefold)
            ProjectionOf(replica)?.Apply(seen, replica.Authority);
        Touch(replica.Group.Id, from);
        foreach (var e in batch.Events) Count(e.Header.PayloadLength);
    }

    private void AppendLocal(Replica replica, List<WriterRequest.Write> writes)
    {
        var drafts = writes.SelectMany(w => w.Drafts).ToArray();
        var written = new List<EventRef>(drafts.Length);
        for (var at = 0; at < drafts.Length;)
        {
            var run = NextRun(drafts, at);
            var batch = ComposerOf(replica).Compose(run, _latest, _now);
            Append(replica, batch, null);
            written.AddRange(batch.Events.Skip(batch.Events.Count - run.Count).Select(e => e.Ref));
            at += run.Count;
        }

        if (replica.Parking.Concerns(OwnChain)) ReleaseParked(replica);
        var first = 0;
        foreach (var write in writes)
        {
            write.Result = written.GetRange(first, write.Drafts.Count);
            first += write.Drafts.Count;
        }
    }

    /// <summary>As many drafts as one signature may cover; a key change ends its run.</summary>
    private static ArraySegment<Draft> NextRun(Draft[] drafts, int from)
    {
        // A chain's opening event may come first, hence the room left.
        const int roomForOpening = 4096;
        var (count, bytes) = (0, roomForOpening);
        while (from + count < drafts.Length && count < Limits.RunEventsMax - 1)
        {
            bytes += drafts[from + count].Payload.Length + Limits.HeaderBytesMax + Limits.SaltBytes;
            if (count > 0 && bytes > Limits.BatchBytesMax) break;
            count++;
            if (drafts[from + count - 1].Kind == EngineKinds.KeyRotated) break;
        }

        return new ArraySegment<Draft>(drafts, from, count);
    }

    private bool TakeFound(WriterRequest.Found request)
    {
        var run = request.Planned;
        if (run is null)
        {
            run = Composer.Found(request.GenesisPayload, OwnChain, _identity.Signer, _random, _now).Run;
        }
        else if (!BatchCheck.SignatureHolds(run, _identity.Signer.PublicKey, _verifier)
            || run.Events[0].Header.Hlc.UnixMs > _now)
        {
            request.Fail(new LogRefusedException(Refusal.ChainRevoked));
            return false;
        }

        var group = run.Events[0].Header.EffectiveGroup;
        if (!_replicas.ContainsKey(group)) Found(request, group, run);
        request.Result = group;
        return true;
    }

    private void Found(WriterRequest.Found request, GroupId group, Batch run)
    {
        var replica = Replicate(new StoredGroup(group, request.Kind, request.Ring));
        var schema = SchemaOf(replica.Group);
        var genesis = BatchCheck.Check(group, run, schema, _verifier, _identity.Signer.PublicKey, out _)
            ?? throw new InvalidOperationException("A genesis of our own does not agree with itself.");
        if (Settle(replica, genesis, Self, null) is not Judgement.Accepted)
            throw new InvalidOperationException("A genesis of our own was not accepted.");
    }

    private Replica Replicate(StoredGroup group)
    {
        if (_replicas.TryGetValue(group.Id, out var known) && (known.Group == group || known.Vector.Count > 0))
            return known;
        _store.AddGroup(group);
        Touch(group.Id, null);
        return _replicas[group.Id] = Load(group);
    }

    private bool TakeFork(GroupId group, ForkProof proof, bool alreadyProven)
    {
        if (!_replicas.TryGetValue(group, out var replica)) return false;
        if (!alreadyProven && !replica.Accepts(proof)) return false;
        var seq = proof.DiffersAt()!.Value;
        if (!replica.Freeze(proof.Left.Chain, seq)) return false;
        _store.AddFork(new StoredFork(group, proof.Left.Chain, seq, proof.ToBytes()));
        Touch(group, null);
        ReleaseParked(replica);
        return true;
    }

    private Replica Load(StoredGroup group)
    {
        LoadEdition(group.Id);
        return Replica.Load(group, _store, _verifier, SchemaOf(group));
    }

    private IProjection? ProjectionOf(Replica replica) => _projections.GetValueOrDefault(replica.Group.Kind);

    private Composer ComposerOf(Replica replica) =>
        new(replica, _identity.Signer, _identity.Statements, OwnChain, _random, SchemaOf(replica.Group));

    private void Touch(GroupId group, NodeId? from) =>
        _touched[group] = _touched.TryGetValue(group, out var earlier) && earlier != from ? null : from;

    private void Count(int payloadBytes) =>
        (PendingEvents, PendingBytes) = (PendingEvents + 1, PendingBytes + payloadBytes);

    private GroupSnapshot Snapshot(Replica replica) => new(
        replica.Group,
        replica.Vector,
        replica.Authority,
        replica.Chains.Where(c => c.Keys is not null).ToImmutableDictionary(c => c.Id, c => c.Keys!.Current),
        ComposerOf(replica).Standing(),
        replica.Parking.Events,
        _revisions.GetValueOrDefault(replica.Group.Id),
        _store.Forks(replica.Group.Id),
        _editions.GetValueOrDefault(replica.Group.Id));
}
