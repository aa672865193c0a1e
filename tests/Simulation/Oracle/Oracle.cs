using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>Watches a run and says what was broken; the letters are those of the design.</summary>
/// <remarks>
/// A an acknowledged event is there; U one event per place; C chains verify; D equal digests; R what is folded anew
/// equals what was there; P nothing erased is sent; L agreement in time; M the rows are what a naive model says.
/// </remarks>
internal sealed partial class Oracle(SimulatedWorld world)
{
    private readonly List<EventRef> _acked = [];
    private readonly Dictionary<SimulatedNode, List<EventRef>> _ackedHere = [];
    private readonly Dictionary<SimulatedNode, Dictionary<ChainId, long>> _told = [];
    private readonly Dictionary<SimulatedNode, (Hash256 Digest, int Parked)> _crashed = [];
    private readonly Dictionary<Position, EventId> _ids = [];
    private readonly Dictionary<ChainId, long> _mayFork = [];
    private readonly HashSet<ChainId> _finished = [];

    /// <summary>One line for each broken promise, beginning with its letter.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>A user was told that these are written.</summary>
    public void Acked(SimulatedNode node, IReadOnlyList<EventRef> written)
    {
        if (node.IsHostile || node.IsClone) return;
        _acked.AddRange(written);
        if (!_ackedHere.TryGetValue(node, out var here)) _ackedHere[node] = here = [];
        here.AddRange(written);
    }

    /// <summary>Peers were told that this is durable here.</summary>
    public void Told(SimulatedNode node, IEnumerable<KeyValuePair<GroupId, VersionVector>> vectors)
    {
        if (node.IsHostile || node.IsClone) return;
        if (!_told.TryGetValue(node, out var told)) _told[node] = told = [];
        foreach (var (_, vector) in vectors)
            foreach (var (chain, head) in vector.Heads)
                told[chain] = Math.Max(told.GetValueOrDefault(chain), head.Seq);
    }

    /// <summary>From the end of that copy on, this node's chain may have two histories.</summary>
    public void MayFork(SimulatedNode node, SimulatedDisk copy)
    {
        var (chain, held) = (node.OwnChain, copy.Chains(world.Group!.Value));
        var seq = held.FirstOrDefault(c => c.Chain == chain)?.Head.Seq ?? 0;
        // A chain finished before the first copy was taken is everybody's past.
        if (_mayFork.Keys.All(forked => forked.Origin != chain.Origin))
            _finished.UnionWith(held.Select(c => c.Chain).Where(c => c.Origin == chain.Origin && c != chain));
        _mayFork[chain] = Math.Min(seq, _mayFork.GetValueOrDefault(chain, seq));
    }

    public void Crashed(SimulatedNode node, Hash256 digest, int parked) => _crashed[node] = (digest, parked);

    /// <summary>What it lost counts on the other disks from now on.</summary>
    public void Restored(SimulatedNode node)
    {
        _crashed.Remove(node);
        _told.Remove(node);
        if (_ackedHere.TryGetValue(node, out var here)) here.RemoveAll(written => !Holds(node.Disk, written));
    }

    public void Started(SimulatedNode node)
    {
        if (node.IsHostile || node.IsClone || world.Group is not { } group) return;
        foreach (var written in _ackedHere.GetValueOrDefault(node) ?? [])
            if (!Holds(node.Disk, written)) Break('A', $"{node.Name} lost {Text(written.Position)}, acknowledged");
        foreach (var (chain, seq) in _told.GetValueOrDefault(node) ?? [])
        {
            var held = node.Disk.Chains(group).FirstOrDefault(c => c.Chain == chain)?.Head.Seq ?? 0;
            if (held < seq && !IsForked(chain, seq))
                Break('A', $"{node.Name} told of {Text(new Position(chain, seq))} and holds {held}");
        }

        if (!_crashed.Remove(node, out var before)) return;
        if (before.Digest != node.Hives.Digest(group)) Break('R', $"{node.Name} folds another state after its start");
        if (before.Parked > (node.Snapshot?.Parked ?? 0)) Break('R', $"{node.Name} forgot what it had parked");
    }

    public void Flushed(SimulatedNode node)
    {
        if (node.IsHostile) return;
        foreach (var (chain, head) in node.Vector.Heads) See(node, new Position(chain, head.Seq), head.Id);
    }

    /// <summary>Nothing that a node has erased may leave it.</summary>
    public void Sent(SimulatedNode node, IReadOnlyList<Batch> batches)
    {
        if (node.IsHostile || node.IsBusy || node.Hives.RowsOf(world.Group!.Value) is not { } rows) return;
        foreach (var e in batches.SelectMany(b => b.Events))
            if (!e.IsHollow && rows.FindItem(e.Header.Ref) is { IsDeleted: true, Kind: not ItemKind.Unknown })
                Break('P', $"{node.Name} sent {Text(e.Header.Ref.Position)}, which it had erased");
    }

    /// <summary>True where every event that counts is on some other honest disk as well.</summary>
    public bool MayLose(SimulatedNode node, SimulatedDisk left)
    {
        var others = world.Honest.Where(n => n != node).ToList();
        return _acked.All(written =>
            !Holds(node.Disk, written) || Holds(left, written) || others.Any(o => Holds(o.Disk, written)));
    }

    private bool Holds(SimulatedDisk disk, EventRef written)
    {
        var group = world.Group!.Value;
        if (disk.Committed.Find(group, written.Position) is { } e) return e.Header.Ref == written;
        // Below a cut, the state holds what is still needed of it.
        return disk.Chains(group).FirstOrDefault(c => c.Chain == written.Chain) is { } chain
            && written.Seq <= chain.Cut;
    }

    /// <summary>Past a fork, or on a chain that its node opened since: that one waits for somebody's word.</summary>
    private bool IsForked(ChainId chain, long seq)
    {
        if (_mayFork.TryGetValue(chain, out var shared) && seq > shared) return true;
        return !_finished.Contains(chain)
            && _mayFork.Keys.Any(forked => forked.Origin == chain.Origin && forked != chain);
    }

    private void See(SimulatedNode node, Position position, EventId id)
    {
        if (_ids.TryAdd(position, id) || _ids[position] == id || IsForked(position.Chain, position.Seq)) return;
        Break('U', $"{node.Name} holds another event at {Text(position)}");
    }

    private void Break(char promise, string how)
    {
        // The first few tell the story.
        if (Violations.Count >= 10) return;
        Violations.Add($"{promise}: {how}");
        world.Trace?.Invoke($"VIOLATION {promise}: {how}");
    }

    private string Text(Position position) => world.Text(position.Chain, position.Seq);
}
