namespace Anarchive.Log;

/// <summary>
/// Batches that wait, kept in the store so that a restart forgets none. Only their own chain waits with them.
/// </summary>
/// <remarks>
/// <para>Bounded per sending peer in events and bytes; what is refused for that is asked for again later.</para>
/// <para>
/// Two parked batches may wait for each other: single events never form a circle, but a relayed run holds up to 512 of
/// them. So a set of batches that needs only what is here and each other is released together.
/// </para>
/// </remarks>
public sealed class Parking(GroupId group, IEventStore store)
{
    private readonly SortedDictionary<ChainId, SortedList<long, Entry>> _chains = [];
    private readonly Dictionary<ChainId, int> _neededBy = [];
    private readonly Dictionary<NodeId, (int Events, long Bytes)> _use = [];

    /// <summary>Events parked, over all peers.</summary>
    public int Events => _use.Values.Sum(u => u.Events);

    /// <summary>The last seq parked for a chain.</summary>
    public long? EndOf(ChainId chain) =>
        _chains.TryGetValue(chain, out var entries) ? entries.GetValueAtIndex(entries.Count - 1).LastSeq : null;

    public bool Has(ChainId chain, long firstSeq) =>
        _chains.TryGetValue(chain, out var entries) && entries.ContainsKey(firstSeq);

    /// <summary>True when news of that chain may end somebody's wait.</summary>
    public bool Concerns(ChainId chain) => _neededBy.ContainsKey(chain) || _chains.ContainsKey(chain);

    /// <summary>Keeps a batch, or refuses it with <see cref="Refusal.ParkedFull"/>.</summary>
    public Refusal Park(CheckedBatch batch, NodeId from, Wait waitsFor)
    {
        var bytes = BatchFraming.FramedBytes(batch.Source);
        var use = _use.GetValueOrDefault(from);
        if (use.Events + batch.Events.Count > Limits.ParkedEventsMax || use.Bytes + bytes > Limits.ParkedBytesMax)
            return Refusal.ParkedFull;
        var frame = new System.Buffers.ArrayBufferWriter<byte>(bytes);
        BatchFraming.Write(batch.Source, frame);
        var parked = new ParkedBatch(group, batch.Chain, batch.FirstSeq, from, waitsFor, frame.WrittenMemory);
        Forget(batch.Chain, batch.FirstSeq);
        store.Park(parked);
        Note(parked, batch.Source);
        return Refusal.None;
    }

    /// <summary>
    /// Takes out every batch whose wait is over, oldest clock first, to be judged again; <c>Arriving</c> tells how far
    /// each of their chains will then reach.
    /// </summary>
    public (IReadOnlyList<ParkedBatch> Batches, IReadOnlyDictionary<ChainId, long> Arriving) Release(
        Replica replica, long nowUnixMs)
    {
        var arriving = Releasable(replica, nowUnixMs);
        var due = new List<(Hlc FirstHlc, ParkedBatch Batch)>();
        foreach (var (chain, reach) in arriving)
        {
            foreach (var (firstSeq, entry) in _chains[chain])
            {
                // What is here already may reach into a batch whose rest still has to wait.
                if (entry.LastSeq > reach) break;
                var parked = store.FindParked(group, chain, firstSeq)
                    ?? throw new InvalidOperationException("A parked batch is missing from the store.");
                due.Add((entry.FirstHlc, parked));
            }
        }

        foreach (var (_, parked) in due) Forget(parked.Chain, parked.FirstSeq);
        return ([.. due.OrderBy(d => d.FirstHlc).ThenBy(d => d.Batch.Chain).Select(d => d.Batch)], arriving);
    }

    /// <summary>What is parked and what it waits for, in chain order.</summary>
    public IEnumerable<(ChainId Chain, long FirstSeq, Wait WaitsFor)> Waiting() =>
        _chains.SelectMany(c => c.Value.Select(e => (c.Key, e.Key, e.Value.WaitsFor)));

    internal void Load()
    {
        foreach (var parked in store.Parked(group))
            if (BatchFraming.TryRead(parked.Frame, out _) is { } batch) Note(parked, batch);
    }

    /// <summary>
    /// The largest set that needs only what is here and itself, as the seq each of its chains would reach: starts with
    /// everything and drops what cannot follow, until nothing more falls out.
    /// </summary>
    private Dictionary<ChainId, long> Releasable(Replica replica, long nowUnixMs)
    {
        var reach = _chains.ToDictionary(c => c.Key, c => c.Value.GetValueAtIndex(c.Value.Count - 1).LastSeq);
        bool shrunk;
        do
        {
            shrunk = false;
            foreach (var (chain, entries) in _chains)
            {
                if (!reach.TryGetValue(chain, out var hoped)) continue;
                var reached = Follow(replica, chain, entries, reach, nowUnixMs);
                if (reached == hoped) continue;
                shrunk = true;
                if (reached < entries.GetValueAtIndex(0).LastSeq) reach.Remove(chain);
                else reach[chain] = reached;
            }
        }
        while (shrunk);
        return reach;
    }

    /// <summary>How far a chain's parked batches reach, one after the other, when others reach as hoped.</summary>
    private static long Follow(
        Replica replica,
        ChainId chain,
        SortedList<long, Entry> entries,
        Dictionary<ChainId, long> hoped,
        long nowUnixMs)
    {
        var reached = replica.Find(chain)?.Stored.Seq ?? 0;
        var limit = hoped[chain];
        foreach (var (firstSeq, entry) in entries)
        {
            if (firstSeq > limit || firstSeq > reached + 1) break;
            if (entry.WaitsFor is Wait.ForClock clock && nowUnixMs < clock.UnixMs) break;
            if (!entry.Needs.All(n => replica.IsResolved(n.Chain, n.Seq) || hoped.GetValueOrDefault(n.Chain) >= n.Seq))
                break;
            reached = Math.Max(reached, entry.LastSeq);
        }

        return reached;
    }

    private void Note(ParkedBatch parked, Batch batch)
    {
        // Every place by itself: the last of a chain may lie past a fork, and so never come, while an earlier one will.
        var needs = batch.Events.SelectMany(e => e.Header.Refs).Select(r => r.Position)
            .Where(p => p.Chain != batch.Chain).ToHashSet();
        var entry = new Entry(
            batch.LastSeq, batch.Events[0].Header.Hlc, parked.From, parked.WaitsFor, needs, parked.Frame.Length);
        if (!_chains.TryGetValue(parked.Chain, out var entries)) _chains[parked.Chain] = entries = [];
        entries[parked.FirstSeq] = entry;
        foreach (var (chain, _) in needs) _neededBy[chain] = _neededBy.GetValueOrDefault(chain) + 1;
        var use = _use.GetValueOrDefault(parked.From);
        _use[parked.From] = (use.Events + batch.Events.Count, use.Bytes + entry.Bytes);
    }

    private void Forget(ChainId chain, long firstSeq)
    {
        if (!_chains.TryGetValue(chain, out var entries) || !entries.Remove(firstSeq, out var entry)) return;
        if (entries.Count == 0) _chains.Remove(chain);
        store.Release(group, chain, firstSeq);
        foreach (var (needed, _) in entry.Needs)
            if (--_neededBy[needed] == 0) _neededBy.Remove(needed);
        var use = _use[entry.From];
        _use[entry.From] = (use.Events - (int)(entry.LastSeq - firstSeq + 1), use.Bytes - entry.Bytes);
    }

    private sealed record Entry(
        long LastSeq, Hlc FirstHlc, NodeId From, Wait WaitsFor, HashSet<Position> Needs, int Bytes);
}
