using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Simulation;

/// <content>What sessions ask for, carried over the wire; what peers ask, answered.</content>
internal sealed partial class SimulatedNode
{
    private const int TimeoutMs = 5_000;
    private const int TickMs = 200;

    // The real writer looks every 15 s at what waits for the clock.
    private const int TicksPerTurn = 75;

    private readonly SortedDictionary<NodeId, SyncSession> _sessions = [];
    private readonly HashSet<NodeId> _greeted = [];
    private readonly HashSet<(NodeId, ChainId)> _searched = [];
    private readonly MemoryEditions _editions = new();
    private long _ticket;
    private IReadOnlyList<GroupBeat>? _reply;

    /// <summary>Peers without a session get one; tokens outlive a crash.</summary>
    public void Meet(NodeId peer, NodeId? via)
    {
        if (peer == Id || _sessions.ContainsKey(peer)) return;
        _via = via;
        _sessions[peer] = new SyncSession(peer, _sources);
        Share(peer);
        Step(peer, at => new Input.Start(at, _greeted.Contains(peer)));
    }

    /// <summary>Tries every peer at once, as when a network comes back.</summary>
    public void TryAll()
    {
        foreach (var peer in _sessions.Keys.ToList()) Step(peer, at => new Input.Start(at, _greeted.Contains(peer)));
    }

    /// <summary>A new durable vector: lanes follow, and what waits for a clock is looked at.</summary>
    private void Announce(VersionVector durable)
    {
        foreach (var peer in _sessions.Keys.ToList())
        {
            Share(peer);
            if (_world.Group is { } group && Permits(group, peer))
                Step(peer, at => new Input.Flushed(at, group, durable));
        }
    }

    private void Share(NodeId peer)
    {
        if (_world.Group is not { } group) return;
        var isShared = _sessions[peer].Groups.Contains(group);
        if (Permits(group, peer) == isShared) return;
        if (isShared) Step(peer, at => new Input.Unshared(at, group));
        else Step(peer, at => new Input.Shared(at, group, Vector));
    }

    /// <summary>A member, or, before anything is here, whoever invited us.</summary>
    private bool Permits(GroupId group, NodeId peer) =>
        Snapshot?.Group.Id == group && peer != Id
        && (Snapshot.Authority.IsMember(peer) || (Vector.Count == 0 && peer == _via));

    private void Step(NodeId peer, Func<Moment, Input> input)
    {
        if (!_sessions.TryGetValue(peer, out var session)) return;
        var effects = session.Step(input(new Moment(_world.Agenda.NowMs, _world.Dice.Throw())));
        foreach (var effect in effects) Perform(peer, effect);
    }

    /// <summary>Wakes sessions whose time has come, and looks again at what waits for the clock.</summary>
    private void Tick(int epoch)
    {
        if (!IsUp || Epoch != epoch) return;
        foreach (var (peer, session) in _sessions.ToList())
            if (session.WakeAtMs <= _world.Agenda.NowMs) Step(peer, at => new Input.Tick(at));
        if (++_ticks % TicksPerTurn == 0)
        {
            Advance();
            if (Snapshot is { Parked: > 0 }) Ask(new WriterRequest.Tick(), _ => { });
        }

        _world.Agenda.After(TickMs, () => Tick(epoch));
    }

    private void Perform(NodeId peer, Effect effect)
    {
        switch (effect)
        {
            case Effect.Answer answer:
                _reply = answer.Groups;
                break;
            case Effect.SourceFree:
                foreach (var other in _sessions.Keys.Where(p => p != peer).ToList())
                    Step(other, at => new Input.Tick(at));
                break;
            case Effect.Greet:
                Greet(peer, effect);
                break;
            case Effect.Beat beat:
                Beat(peer, beat);
                break;
            case Effect.FetchStatus status:
                Exchange(peer, effect, to => to.TellVector(this, status.Group), theirs =>
                {
                    Step(peer, at => new Input.StatusAnswered(at, status.Group, theirs));
                    Compare(peer, status.Group, theirs.Heads);
                });
                break;
            case Effect.Pull pull:
                Pull(peer, pull);
                break;
            case Effect.Push push:
                Push(peer, push);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>One request and its answer, where the peer answers at once; null: not found.</summary>
    private void Exchange<T>(NodeId peer, Effect? effect, Func<SimulatedNode, T?> serve, Action<T> answered)
        where T : class =>
        Exchange<T>(peer, effect, (to, answer) => answer(serve(to)), answered);

    private void Exchange<T>(
        NodeId peer, Effect? effect, Action<SimulatedNode, Action<T?>> serve, Action<T> answered)
        where T : class
    {
        var (epoch, isOpen) = (Epoch, true);
        _world.Agenda.After(TimeoutMs, () => Fail(Failure.Unreachable));
        _world.Wire.Carry(Id, peer, () =>
        {
            if (_world.Find(peer) is not { IsUp: true } to)
            {
                _world.Wire.CarryOnce(peer, Id, () => Fail(Failure.Unreachable));
                return;
            }

            serve(to, answer => _world.Wire.CarryOnce(peer, Id, () =>
            {
                if (answer is null) Fail(Failure.NotFound);
                else if (Close()) answered(answer);
            }));
        });

        bool Close()
        {
            var closes = isOpen && IsUp && Epoch == epoch;
            isOpen = false;
            return closes;
        }

        void Fail(Failure why)
        {
            if (Close() && effect is not null) Step(peer, at => new Input.Failed(at, effect, why));
        }
    }

    private void Greet(NodeId peer, Effect effect) =>
        Exchange(peer, effect, to => to.Greeted(this), groups =>
        {
            _greeted.Add(peer);
            Step(peer, at => new Input.Greeted(at, groups));
        });

    private IReadOnlyList<KeyValuePair<GroupId, VersionVector>> Greeted(SimulatedNode from)
    {
        _greeted.Add(from.Id);
        Meet(from.Id, _via);
        Step(from.Id, at => new Input.Called(at));
        return _world.Group is { } group && Permits(group, from.Id) ? [KeyValuePair.Create(group, Vector)] : [];
    }

    private void Beat(NodeId peer, Effect.Beat beat)
    {
        var message = new Heartbeat(_clock.NowMs(), WithCredit(beat.Groups), Snapshot?.Forks ?? []);
        _world.Oracle.Told(this, beat.Ours);
        Exchange(peer, beat, to => to.Hear(this, message), reply =>
        {
            _clock.Hear(reply.TimeMs);
            Step(peer, at => new Input.BeatAnswered(at, beat, reply.Groups));
            TakeForks(peer, reply.Forks);
            if (_world.Group is not { } group || !Permits(group, peer)) return;
            foreach (var heard in reply.Groups) Compare(peer, heard.Group, heard.Changed);
            FetchOwed(peer, group);
        });
    }

    private Heartbeat? Hear(SimulatedNode from, Heartbeat message)
    {
        if (!_greeted.Contains(from.Id)) return null;
        _clock.Hear(message.TimeMs);
        Share(from.Id);
        _reply = null;
        Step(from.Id, at => new Input.BeatCame(at, ++_ticket, message.Groups));
        TakeForks(from.Id, message.Forks);
        var reply = _reply ?? [];
        if (reply.Count > 0) _world.Oracle.Told(this, [KeyValuePair.Create(reply[0].Group, Vector)]);
        return new Heartbeat(_clock.NowMs(), WithCredit(reply), Snapshot?.Forks ?? []);
    }

    private IReadOnlyList<GroupBeat> WithCredit(IReadOnlyList<GroupBeat> groups) =>
        [.. groups.Select(g => g with { Credit = Credit() })];

    private WireCredit Credit() => _world.Dice.Chance(_world.Weather.NoCredit) ? WireCredit.None : WireCredit.Full;

    private VersionVector? TellVector(SimulatedNode from, GroupId group)
    {
        if (!Permits(group, from.Id)) return null;
        _world.Oracle.Told(this, [KeyValuePair.Create(group, Vector)]);
        return Vector;
    }

    private void Pull(NodeId peer, Effect.Pull pull) =>
        Exchange<PullAnswer>(peer, pull, to => to.Serve(this, pull, isOnly: false), answer =>
        {
            if (answer.Edition is { } named)
            {
                TakeOver(peer, pull, named);
                return;
            }

            var batches = Frames.Read(answer.Frames);
            Step(peer, at => new Input.Fetched(at, pull, [.. batches.Select(b => new Position(b.Chain, b.LastSeq))]));
            if (batches.Count == 0) return;
            RenewWhereOld(pull.Group, batches);
            Receive(pull.Group, peer, batches, report =>
            {
                ChainId[] refused = [.. report.Refused.Select(r => r.Chain).Distinct()];
                Step(peer, at => new Input.Stored(at, pull, Vector, refused));
                SearchForeignPasts(peer, pull.Group, report);
            });
        });

    private void TakeOver(NodeId peer, Effect.Pull pull, EditionNote named)
    {
        Position[] cuts = [.. named.Cut.Heads.Select(h => new Position(h.Key, h.Value.Seq))];
        Step(peer, at => new Input.Fetched(at, pull, cuts));
        Exchange<EditionText>(peer, pull, to => to._editions.Find(named.File), file =>
            Import(pull.Group, file, taken =>
            {
                ChainId[] behind = taken ? [] : [.. pull.Wants.Select(w => w.Chain)];
                Step(peer, at => new Input.Stored(at, pull, Vector, behind));
            }));
    }

    /// <summary>The runs asked for, as bytes; from behind a cut, the edition to begin with.</summary>
    private PullAnswer? Serve(SimulatedNode from, Effect.Pull pull, bool isOnly)
    {
        if (!Permits(pull.Group, from.Id)) return null;
        if (!isOnly && Snapshot!.Edition is { } edition && pull.Wants.Any(w => w.After < edition.Cut.SeqOf(w.Chain)))
            return new PullAnswer([], edition);
        List<Batch> batches = isOnly
            ? [.. RunSelection.OneByOne(Reader, pull.Group, pull.Wants, pull.EventsMax, pull.BytesMax)]
            : [.. RunSelection.OldestFirst(Reader, pull.Group, pull.Wants, pull.EventsMax, pull.BytesMax)];
        _world.Oracle.Sent(this, batches);
        return new PullAnswer(Spoil(Frames.Write(batches)), null);
    }

    private void Push(NodeId peer, Effect.Push push)
    {
        var hides = _world.Bug == SeededBug.VectorBeforeFsync && _isCommitting;
        var batches = hides ? [] : RunSelection.ChainByChain(
            Reader, push.Group, push.Runs, push.EventsMax, push.BytesMax);
        if (batches.Count == 0)
        {
            Step(peer, at => new Input.PushAnswered(at, push, [], [], []));
            return;
        }

        _world.Oracle.Sent(this, batches);
        var frames = Spoil(Frames.Write(batches));
        Exchange<PushAnswer>(peer, push, (to, answer) => to.TakePush(this, push.Group, frames, answer), reply =>
        {
            Step(peer, at => new Input.PushAnswered(
                at, push, reply.Heads, [.. reply.Report.Parked.Select(p => p.Chain)],
                [.. reply.Report.Refused.Select(r => r.Chain)], WireCredit.Full));
            SearchForeignPasts(peer, push.Group, reply.Report);
        });
    }

    private void TakePush(SimulatedNode from, GroupId group, byte[] frames, Action<PushAnswer?> answer)
    {
        var batches = Frames.Read(frames);
        if (!Permits(group, from.Id) || batches.Count == 0)
        {
            answer(null);
            return;
        }

        Step(from.Id, at => new Input.Offered(
            at, group, [.. batches.Select(b => new Position(b.Chain, b.LastSeq))]));
        Receive(group, from.Id, batches, report =>
        {
            var heads = batches.Select(b => b.Chain).Distinct()
                .Select(c => KeyValuePair.Create(c, report.Durable.HeadOf(c) ?? default)).ToList();
            if (report.Refused.Count == 0)
            {
                var delivered = batches.Where(b => b.LastSeq <= report.Durable.SeqOf(b.Chain))
                    .GroupBy(b => b.Chain).Select(b => KeyValuePair.Create(
                        b.Key, new Head(b.Last().LastSeq, b.Last().Events[^1].Header.Id)));
                Step(from.Id, at => new Input.Delivered(at, group, [.. delivered]));
            }

            var durable = VersionVector.From(heads.Where(h => h.Value.Seq > 0));
            _world.Oracle.Told(this, [KeyValuePair.Create(group, durable)]);
            answer(new PushAnswer(heads, report));
        });
    }

    /// <summary>As the real writer does: batches are checked first and judged in the transaction.</summary>
    private void Receive(GroupId group, NodeId from, IReadOnlyList<Batch> batches, Action<IntakeReport> done)
    {
        if (Snapshot is not { } known) return;
        var request = new WriterRequest.Receive(group, from, Checked(known, group, batches, out var refused));
        request.Refused.AddRange(refused);
        Ask(request, report =>
        {
            foreach (var run in report.Refused)
                _world.Trace?.Invoke($"{Name} refuses {_world.Text(run.Chain, run.Seq)}: {run.Refusal}");
            foreach (var run in report.Parked)
                _world.Trace?.Invoke($"{Name} parks {_world.Text(run.Chain, run.Seq)}: {run.WaitsFor}");
            done(report);
        });
    }

    private static List<CheckedBatch> Checked(
        GroupSnapshot known, GroupId group, IReadOnlyList<Batch> batches, out List<RefusedRun> refused)
    {
        var passed = new List<CheckedBatch>();
        refused = [];
        foreach (var batch in batches)
        {
            var key = known.Keys.TryGetValue(batch.Chain, out var current) ? current : (PublicKey?)null;
            if (BatchCheck.Check(group, batch, HivesApp.Schema, Verifier, key, out var why) is { } ok) passed.Add(ok);
            else refused.Add(new RefusedRun(batch.Chain, batch.FirstSeq, why));
        }

        return passed;
    }

    private sealed record Heartbeat(
        long TimeMs, IReadOnlyList<GroupBeat> Groups, IReadOnlyList<StoredFork> Forks);

    private sealed record PullAnswer(byte[] Frames, EditionNote? Edition);

    private sealed record PushAnswer(IReadOnlyList<KeyValuePair<ChainId, Head>> Heads, IntakeReport Report);
}
