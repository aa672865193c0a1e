using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anarchive.Tests.Simulation;

/// <summary>A node: the production writer and sessions, between a simulated disk and a simulated wire.</summary>
/// <remarks>
/// Stands for what the edge of a real node does around them: one transaction at a time, answers and announcements only
/// after its commit, a start that replays what is durable.
/// </remarks>
internal sealed partial class SimulatedNode
{
    private const string MarkKey = "incarnation";

    private static readonly FakeVerifier Verifier = new();

    private readonly Queue<(WriterRequest Request, Action Done)> _queue = new();
    private readonly SimulatedWorld _world;
    private readonly KeyStatement[] _statements;
    private readonly FakeSigner _key;
    private IncarnationMark? _witness;
    private WriterCore _core = null!;
    private MemoryHives _hives = null!;
    private NodeClock _clock = null!;
    private Sources _sources = null!;
    private List<Action> _taken = [];
    private IReadOnlyList<(GroupSnapshot Snapshot, NodeId? From)> _told = [];
    private bool _isCommitting;
    private long _marked;

    public SimulatedNode(SimulatedWorld world, int number, string name)
    {
        (_world, Name) = (world, name);
        _key = new FakeSigner(number);
        _statements = [FakeKeys.Inception(_key, new FakeSigner(number + 1_000))];
        Id = _key.PublicKey.AsNodeId();
        Time = new SimulatedTime(world.Agenda) { CoarseMs = world.ClockStepMs };
    }

    public string Name { get; }

    public NodeId Id { get; }

    public SimulatedTime Time { get; }

    public SimulatedDisk Disk { get; private set; } = new();

    /// <summary>False before its first start and after a crash.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Grows with every start: what belongs to an earlier process is void.</summary>
    public int Epoch { get; private set; }

    /// <summary>Lies to its peers; nothing is promised to it.</summary>
    public bool IsHostile { get; init; }

    /// <summary>A copy of another node that runs beside it.</summary>
    public bool IsClone { get; private set; }

    public ChainId OwnChain => _core.OwnChain;

    public MemoryHives Hives => _hives;

    public GroupSnapshot? Snapshot { get; private set; }

    public VersionVector Vector => Snapshot?.Durable ?? VersionVector.Empty;

    /// <summary>A transaction is under way, or requests wait for one.</summary>
    public bool IsBusy => _isCommitting || _queue.Count > 0;

    public KeyStatement Inception => _statements[0];

    /// <summary>A second machine with this node's disk as it is now: the same identity, twice.</summary>
    public SimulatedNode Clone(string name)
    {
        var clone = new SimulatedNode(_world, name, this) { IsClone = true, IsHostile = IsHostile };
        foreach (var peer in _greeted) clone._greeted.Add(peer);
        return clone;
    }

    private SimulatedNode(SimulatedWorld world, string name, SimulatedNode original)
    {
        (_world, Name, Id, _key, _statements) = (world, name, original.Id, original._key, original._statements);
        (Time, Disk, _witness) = (new SimulatedTime(world.Agenda), original.Disk.Copy(), original._witness);
    }

    public void Start()
    {
        if (IsUp) return;
        (IsUp, Epoch, _isCommitting) = (true, Epoch + 1, false);
        _queue.Clear();
        (_taken, _told) = ([], []);
        // A wrong date is believed by a start, as its owner's word; owners set it right before.
        if (Math.Abs(Time.OffMs) > SimulatedWorld.ClockErrorMs) Time.OffMs = 0;
        var own = OpenIncarnation();
        _clock = new NodeClock(Time, NullLogger<NodeClock>.Instance);
        _hives = new MemoryHives(_world.Bug);
        _sources = new Sources();
        _sessions.Clear();
        _searched.Clear();
        _core = new WriterCore(
            Disk,
            _editions,
            () => throw new InvalidOperationException("There is no database here."),
            [_hives],
            Verifier,
            _world.Dice,
            new WriterIdentity(_key, _statements, new ChainId(Id, own)),
            Renew);
        _core.Begin(_clock.NowMs());
        _core.Take(new WriterRequest.Refold(null));
        Publish(_core.Commit());
        // A restored database may be older than the group here.
        Snapshot = _core.Snapshots().SingleOrDefault();
        _world.Trace?.Invoke($"{Name} starts as {own}, {Vector.Events} events");
        _world.Oracle.Started(this);
        _world.Connect(this);
        Tick(Epoch);
    }

    /// <summary>The process ends at once. A transaction under way may or may not have reached the disk.</summary>
    public void Crash(bool isWritten)
    {
        if (!IsUp) return;
        IsUp = false;
        if (_isCommitting && isWritten) _core.Commit();
        if (isWritten) Disk.Fsync();
        Disk.DefersFsync = false;
        var isQuiet = !_isCommitting || isWritten;
        var transaction = isWritten ? "stays" : "goes";
        _world.Trace?.Invoke($"{Name} crashes{(_isCommitting ? $", its transaction {transaction}" : "")}");
        var before = isQuiet && _world.Group is { } group ? _hives.Digest(group) : (Hash256?)null;
        var parked = isQuiet ? _core.Snapshots().Sum(s => s.Parked) : 0;
        if (_world.Bug == SeededBug.ParkedLostOnRestart) ForgetParked();
        Disk.Crash();
        if (before is { } digest) _world.Oracle.Crashed(this, digest, parked);
    }

    /// <summary>Folds everything anew; the node goes on.</summary>
    public void Refold()
    {
        _core.Begin(_clock.NowMs());
        _core.Take(new WriterRequest.Refold(null));
        _core.Commit();
    }

    /// <summary>True for a run that links and that its chain's key has signed.</summary>
    public bool Verifies(Batch run) =>
        Snapshot!.Keys.TryGetValue(run.Chain, out var key)
        && BatchCheck.Check(Snapshot.Group.Id, run, HivesApp.Schema, Verifier, key, out _) is not null
        && BatchCheck.SignatureHolds(run, key, Verifier);

    /// <summary>Every event that may be seen here, chain by chain.</summary>
    public IEnumerable<Event> Visible(GroupId group)
    {
        foreach (var chain in Disk.Chains(group))
        {
            var last = Vector.SeqOf(chain.Chain);
            foreach (var e in Disk.Kept(group, chain.Chain, 0, int.MaxValue)) yield return e;
            for (var seq = chain.Cut + 1; seq <= last; seq++)
                yield return Disk.Find(group, new Position(chain.Chain, seq))!;
        }
    }

    /// <summary>True where the witness would tell that a database is an old copy.</summary>
    public bool Notices(SimulatedDisk copy) => !IsSame(IncarnationMark.Parse(copy.Meta(MarkKey)));

    /// <summary>An earlier backup of the database takes the place of what is there. The node must be down.</summary>
    public void Restore(int transactions)
    {
        Disk.Restore(transactions);
        _world.Oracle.Restored(this);
    }

    /// <summary>Asks the writer; <paramref name="done"/> runs once the answer may be given.</summary>
    public void Ask<T>(WriterRequest.Returning<T> request, Action<T> done)
    {
        if (!IsUp) return;
        _queue.Enqueue((request, () => done(request.Result!)));
        Turn();
    }

    public void Write(GroupId group, IReadOnlyList<Draft> drafts, Action<IReadOnlyList<EventRef>> written) =>
        Ask(new WriterRequest.Write(group, drafts), written);

    /// <summary>One transaction: takes what waits, commits when the disk is ready, then tells.</summary>
    private void Turn()
    {
        if (_isCommitting || !IsUp || _queue.Count == 0) return;
        _isCommitting = true;
        _core.Begin(_clock.NowMs());
        while (_queue.TryDequeue(out var next))
        {
            if (_core.Take(next.Request)) _taken.Add(next.Done);
            // A refused edition rolls back; the rows, which a database would still have, are folded anew.
            if (_hives.IsForgotten) _core.Take(new WriterRequest.Refold(null));
        }

        if (_world.Bug is SeededBug.PushBeforeFsync or SeededBug.AckBeforeFsync or SeededBug.VectorBeforeFsync)
            TellEarly();
        var epoch = Epoch;
        _world.Agenda.After(_world.Dice.Between(1, _world.Weather.FsyncMs), () =>
        {
            if (IsUp && Epoch == epoch) Flush();
        });
    }

    private void Flush()
    {
        var fails = _world.Dice.Chance(_world.Weather.FsyncFailures);
        if (fails && _world.Bug != SeededBug.FsyncRetried)
        {
            // Whether the pages reached the disk is unknown: stop and replay, never retry.
            Crash(isWritten: _world.Dice.Chance(50));
            return;
        }

        Disk.DefersFsync = true;
        Publish([.. _told, .. _core.Commit()]);
        _told = [];
        if (fails) Disk.LoseWritten();
        Disk.Fsync();
        Disk.DefersFsync = false;
        _isCommitting = false;
        Answer();
        _world.Oracle.Flushed(this);
        Turn();
    }

    private void Answer()
    {
        var taken = _taken;
        _taken = [];
        foreach (var done in taken) done();
    }

    private void Publish(IReadOnlyList<(GroupSnapshot Snapshot, NodeId? From)> changed)
    {
        foreach (var (snapshot, _) in changed) Snapshot = snapshot;
        if (changed.Count > 0) Announce(Vector);
    }

    /// <summary>The seeded bugs that do not wait for the fsync.</summary>
    private void TellEarly()
    {
        Disk.DefersFsync = true;
        _told = _core.Commit();
        if (_world.Bug == SeededBug.AckBeforeFsync) Answer();
        else foreach (var (snapshot, _) in _told) Announce(snapshot.Durable);
    }

    private void ForgetParked()
    {
        foreach (var group in Disk.Groups())
            foreach (var parked in Disk.Parked(group.Id))
                Disk.Release(group.Id, parked.Chain, parked.FirstSeq);
        Disk.Commit();
    }

    /// <summary>As the real witness does: a database older than its witness gets a new incarnation.</summary>
    private Incarnation OpenIncarnation()
    {
        var known = IncarnationMark.Parse(Disk.Meta(MarkKey));
        var keeps = _world.Bug == SeededBug.RestoreKeepsIncarnation ? known is not null : IsSame(known);
        var incarnation = keeps ? known!.Value.Incarnation : new Incarnation(_world.Dice.Next());
        Mark(new IncarnationMark(incarnation, (known?.Starts ?? 0) + 1));
        Disk.Commit();
        return incarnation;
    }

    private bool IsSame(IncarnationMark? known) =>
        known is { } k && _witness is { } w && k.Incarnation == w.Incarnation && k.Starts - w.Starts is 0 or 1;

    /// <summary>Now and then while it writes, so that a copy taken before is known as older.</summary>
    private void Advance()
    {
        if (_isCommitting || _marked == Vector.SeqOf(OwnChain)) return;
        _marked = Vector.SeqOf(OwnChain);
        Mark(new IncarnationMark(OwnChain.Incarnation, (_witness?.Starts ?? 0) + 1));
        Disk.Commit();
    }

    private Incarnation Renew()
    {
        var renewed = new Incarnation(_world.Dice.Next());
        Mark(new IncarnationMark(renewed, (_witness?.Starts ?? 0) + 1));
        return renewed;
    }

    private void Mark(IncarnationMark mark)
    {
        Disk.SetMeta(MarkKey, mark.ToString());
        _witness = mark;
    }
}
