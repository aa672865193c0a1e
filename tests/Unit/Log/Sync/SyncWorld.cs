using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>A node of <see cref="SyncWorld"/>: an event store, and a session per peer.</summary>
internal sealed class SyncNode(NodeId id)
{
    public NodeId Id { get; } = id;

    public MemoryEventStore Store { get; } = new();

    public Sources Sources { get; } = new();

    public Dictionary<GroupId, VersionVector> Durable { get; } = [];

    public SortedDictionary<NodeId, SyncSession> Sessions { get; } = [];

    public bool IsUp { get; set; } = true;

    /// <summary>Chains whose batches this node refuses.</summary>
    public HashSet<ChainId> Refuses { get; } = [];

    /// <summary>What it grants those that push.</summary>
    public WireCredit Credit { get; set; } = WireCredit.Full;

    /// <summary>Advertises events and answers every pull with nothing.</summary>
    public bool Withholds { get; set; }

    public SyncSession With(SyncNode peer) => Sessions[peer.Id];
}

/// <summary>Sessions on a virtual clock and wire: exchanges are instant, or fail where a node is down.</summary>
internal sealed class SyncWorld
{
    private readonly Queue<(SyncNode Node, NodeId Peer, Effect Effect)> _effects = new();
    private readonly Dictionary<NodeId, SyncNode> _nodes = [];
    private uint _dice = 12_345;
    private long _ticket;

    public long NowMs { get; private set; } = 1_700_000_000_000;

    /// <summary>Every effect performed, by name of its kind.</summary>
    public Dictionary<string, int> Count { get; } = [];

    public List<Effect> Performed { get; } = [];

    /// <summary>Loses these effects on the way: they fail as unreachable.</summary>
    public Func<SyncNode, Effect, bool> Loses { get; set; } = (_, _) => false;

    /// <summary>Answers these effects with a 404.</summary>
    public Func<SyncNode, Effect, bool> Denies { get; set; } = (_, _) => false;

    public SyncNode Node(int seed)
    {
        var node = new SyncNode(new FakeSigner(seed).PublicKey.AsNodeId());
        _nodes.Add(node.Id, node);
        return node;
    }

    /// <summary>Both may exchange the group; only the first dials.</summary>
    public void Join(SyncNode caller, SyncNode responder, params GroupId[] groups)
    {
        Share(caller, responder, groups);
        Share(responder, caller, groups);
        Step(caller, responder.Id, at => new Input.Start(at, false));
        Drain();
    }

    public void Share(SyncNode node, SyncNode peer, params GroupId[] groups)
    {
        if (!node.Sessions.ContainsKey(peer.Id)) node.Sessions[peer.Id] = new SyncSession(peer.Id, node.Sources);
        foreach (var group in groups)
            Step(node, peer.Id, at => new Input.Shared(at, group, DurableOf(node, group)));
    }

    /// <summary>Appends a verified run as if written or received, and tells every session.</summary>
    public void Append(SyncNode node, VerifiedBatch run)
    {
        node.Store.AddGroup(new StoredGroup(run.Group, "hive", "members"));
        node.Store.Append(run);
        node.Store.Commit();
        Flush(node, run.Group, DurableOf(node, run.Group).With(run.Chain, run.Head));
    }

    /// <summary>From now on the node holds this durably.</summary>
    public void Flush(SyncNode node, GroupId group, VersionVector durable)
    {
        node.Durable[group] = durable;
        foreach (var peer in node.Sessions.Keys) Step(node, peer, at => new Input.Flushed(at, group, durable));
        Drain();
    }

    /// <summary>Forgets a session's memory of the peer, as a restart does.</summary>
    public void Restart(SyncNode node, SyncNode peer, bool hasToken, params GroupId[] groups)
    {
        node.Sessions[peer.Id] = new SyncSession(peer.Id, node.Sources);
        Share(node, peer, groups);
        Step(node, peer.Id, at => new Input.Start(at, hasToken));
        Drain();
    }

    public void Run(long ms)
    {
        var end = NowMs + ms;
        while (true)
        {
            Drain();
            var next = _nodes.Values.Where(n => n.IsUp)
                .SelectMany(n => n.Sessions.Values).Select(s => s.WakeAtMs).DefaultIfEmpty(long.MaxValue).Min();
            if (next > end) break;
            NowMs = Math.Max(NowMs + 1, next);
            foreach (var node in _nodes.Values.Where(n => n.IsUp).ToList())
                foreach (var (peer, session) in node.Sessions.ToList())
                    if (session.WakeAtMs <= NowMs) Step(node, peer, at => new Input.Tick(at));
        }

        NowMs = end;
    }

    public void Drain()
    {
        var steps = 0;
        while (_effects.TryDequeue(out var next))
        {
            // A loop at the speed of the wire is the fault these tests look for.
            Assert.True(++steps < 5_000, "The sessions never come to rest.");
            if (next.Node.IsUp) Perform(next.Node, next.Peer, next.Effect);
        }
    }

    public VersionVector DurableOf(SyncNode node, GroupId group) =>
        node.Durable.GetValueOrDefault(group, VersionVector.Empty);

    public bool InStep(GroupId group, params SyncNode[] nodes) =>
        nodes.Select(n => DurableOf(n, group).Digest()).Distinct().Count() == 1;

    public int Total(string effect) => Count.GetValueOrDefault(effect);

    private IReadOnlyList<Effect> Step(SyncNode node, NodeId peer, Func<Moment, Input> input)
    {
        _dice = _dice * 1_664_525 + 1_013_904_223;
        var effects = node.Sessions[peer].Step(input(new Moment(NowMs, _dice)));
        foreach (var effect in effects)
            if (effect is not Effect.Answer) _effects.Enqueue((node, peer, effect));
        return effects;
    }

    private void Perform(SyncNode node, NodeId peerId, Effect effect)
    {
        var name = effect.GetType().Name;
        Count[name] = Total(name) + 1;
        Count[$"{name} of {node.Id}"] = Total($"{name} of {node.Id}") + 1;
        Performed.Add(effect);
        if (effect is Effect.SourceFree)
        {
            foreach (var other in node.Sessions.Keys.Where(p => p != peerId).ToList())
                Step(node, other, at => new Input.Tick(at));
            return;
        }

        if (!_nodes.TryGetValue(peerId, out var peer) || !peer.IsUp || Loses(node, effect))
        {
            Step(node, peerId, at => new Input.Failed(at, effect, Failure.Unreachable));
            return;
        }

        if (Denies(node, effect))
        {
            Step(node, peerId, at => new Input.Failed(at, effect, Failure.NotFound));
            return;
        }

        switch (effect)
        {
            case Effect.Greet:
                Step(peer, node.Id, at => new Input.Called(at));
                var groups = peer.With(node).Groups.Select(g => KeyValuePair.Create(g, DurableOf(peer, g))).ToList();
                Step(node, peerId, at => new Input.Greeted(at, groups));
                break;
            case Effect.Beat beat:
                var ticket = ++_ticket;
                var answer = Step(peer, node.Id, at => new Input.BeatCame(at, ticket, Granted(node, beat.Groups)))
                    .OfType<Effect.Answer>().Single();
                Performed.Add(answer);
                Step(node, peerId, at => new Input.BeatAnswered(at, beat, Granted(peer, answer.Groups)));
                break;
            case Effect.FetchStatus status:
                Step(node, peerId, at => new Input.StatusAnswered(at, status.Group, DurableOf(peer, status.Group)));
                break;
            case Effect.Pull pull:
                Pull(node, peer, pull);
                break;
            case Effect.Push push:
                Push(node, peer, push);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static IReadOnlyList<GroupBeat> Granted(SyncNode by, IReadOnlyList<GroupBeat> groups) =>
        [.. groups.Select(g => g with { Credit = by.Credit })];

    private void Pull(SyncNode node, SyncNode peer, Effect.Pull pull)
    {
        var batches = peer.Withholds
            ? []
            : RunSelection.ChainByChain(peer.Store, pull.Group, pull.Wants, pull.EventsMax, pull.BytesMax);
        Position[] ends = [.. batches.Select(b => new Position(b.Chain, b.LastSeq))];
        Step(node, peer.Id, at => new Input.Fetched(at, pull, ends));
        if (batches.Count == 0) return;
        var refused = Receive(node, pull.Group, batches);
        Step(node, peer.Id, at => new Input.Stored(at, pull, DurableOf(node, pull.Group), refused));
    }

    private void Push(SyncNode node, SyncNode peer, Effect.Push push)
    {
        var batches = RunSelection.ChainByChain(
            node.Store, push.Group, push.Runs, push.EventsMax, push.BytesMax);
        Position[] ends = [.. batches.Select(b => new Position(b.Chain, b.LastSeq))];
        Step(peer, node.Id, at => new Input.Offered(at, push.Group, ends));
        var refused = Receive(peer, push.Group, batches);
        var durable = DurableOf(peer, push.Group);
        var heads = batches.Select(b => b.Chain).Distinct()
            .Select(c => KeyValuePair.Create(c, durable.HeadOf(c) ?? default)).ToList();
        if (refused.Count == 0) Step(peer, node.Id, at => new Input.Delivered(at, push.Group, heads));
        Step(node, peer.Id, at => new Input.PushAnswered(at, push, heads, [], refused, peer.Credit));
    }

    private List<ChainId> Receive(SyncNode node, GroupId group, IReadOnlyList<Batch> batches)
    {
        var refused = new List<ChainId>();
        foreach (var batch in batches)
        {
            var held = DurableOf(node, group).SeqOf(batch.Chain);
            if (batch.LastSeq <= held) continue;
            if (node.Refuses.Contains(batch.Chain) || batch.FirstSeq != held + 1) refused.Add(batch.Chain);
            else Append(node, TestChain.Verified(group, batch));
        }

        return refused;
    }
}
