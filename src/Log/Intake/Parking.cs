namespace Anarchive.Log;

/// <summary>Batches that wait, kept in the store so that a restart forgets none. Only their own chain waits with them.</summary>
/// <remarks>
/// <para>Bounded per sending peer in events and bytes; what is refused for that is asked for again later.</para>
/// <para>
/// Two parked batches may wait for each other: single events never form a circle, but a relayed run holds up to 512 of
/// them. So a set of batches that needs only what is here and each other is released together.
/// </para>
/// </remarks>
public sealed class Parking(GroupId group, IEventStore store)
{
    private readonly SortedDictionary<(ChainId Chain, long FirstSeq), Entry> _entries = [];
    private readonly Dictionary<ChainId, long> _ends = [];
    private readonly Dictionary<NodeId, (int Events, long Bytes)> _use = [];

    public int Count => _entries.Count;

    /// <summary>Events parked, over all peers.</summary>
    public int Events => _use.Values.Sum(u => u.Events);

    /// <summary>The last seq parked for a chain.</summary>
    public long? EndOf(ChainId chain) => _ends.TryGetValue(chain, out var end) ? end : null;

    public bool Has(ChainId chain, long firstSeq) => _entries.ContainsKey((chain, firstSeq));

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
        if (_entries.Count == 0) return ([], new Dictionary<ChainId, long>());
        var arriving = Releasable(replica, nowUnixMs);
        var due = new List<(Hlc FirstHlc, ParkedBatch Batch)>();
        foreach (var ((chain, firstSeq), entry) in _entries)
        {
            if (firstSeq > arriving.GetValueOrDefault(chain)) continue;
            var parked = store.FindParked(group, chain, firstSeq)
                ?? throw new InvalidOperationException("A parked batch is missing from the store.");
            due.Add((entry.FirstHlc, parked));
        }

        foreach (var (_, parked) in due) Forget(parked.Chain, parked.FirstSeq);
        return ([.. due.OrderBy(d => d.FirstHlc).ThenBy(d => d.Batch.Chain).Select(d => d.Batch)], arriving);
    }

    /// <summary>What is parked and what it waits for, in chain order.</summary>
    public IEnumerable<(ChainId Chain, long FirstSeq, Wait WaitsFor)> Waiting() =>
        _entries.Select(e => (e.Key.Chain, e.Key.FirstSeq, e.Value.WaitsFor));

    internal void Load()
    {
        foreach (var parked in store.Parked(group))
            if (BatchFraming.TryRead(parked.Frame, out _) is { } batch) Note(parked, batch);
    }

    /// <summary>The largest set that needs only what is here and itself, as the seq each of its chains would reach.</summary>
    private Dictionary<ChainId, long> Releasable(Replica replica, long nowUnixMs)
    {
        var reach = new Dictionary<ChainId, long>(_ends);
        bool shrunk;
        do
        {
            shrunk = false;
            foreach (var ((chain, firstSeq), entry) in _entries)
            {
                if (firstSeq > reach[chain]) continue;
                if (IsReady(entry, replica, reach, chain, firstSeq, nowUnixMs)) continue;
                reach[chain] = firstSeq - 1;
                shrunk = true;
            }
        }
        while (shrunk);
        return reach;
    }

    private bool IsReady(
        Entry entry, Replica replica, Dictionary<ChainId, long> reach, ChainId chain, long firstSeq, long nowUnixMs)
    {
        if (entry.WaitsFor is Wait.ForClock clock && nowUnixMs < clock.UnixMs) return false;
        var follows = firstSeq == 1 || replica.IsResolved(chain, firstSeq - 1) || HasEnding(chain, firstSeq - 1);
        return follows && entry.Needs.All(n => replica.IsResolved(n.Key, n.Value)
            || reach.GetValueOrDefault(n.Key) >= n.Value);
    }

    private bool HasEnding(ChainId chain, long seq) =>
        _entries.Any(e => e.Key.Chain == chain && e.Key.FirstSeq <= seq && e.Value.LastSeq >= seq);

    private void Note(ParkedBatch parked, Batch batch)
    {
        var needs = new Dictionary<ChainId, long>();
        foreach (var e in batch.Events)
        {
            foreach (var target in e.Header.Refs)
            {
                if (target.Chain == batch.Chain) continue;
                needs[target.Chain] = Math.Max(needs.GetValueOrDefault(target.Chain), target.Seq);
            }
        }

        var entry = new Entry(
            batch.LastSeq, batch.Events[0].Header.Hlc, parked.From, parked.WaitsFor, needs, parked.Frame.Length);
        _entries[(parked.Chain, parked.FirstSeq)] = entry;
        _ends[parked.Chain] = Math.Max(_ends.GetValueOrDefault(parked.Chain), batch.LastSeq);
        var use = _use.GetValueOrDefault(parked.From);
        _use[parked.From] = (use.Events + batch.Events.Count, use.Bytes + entry.Bytes);
    }

    private void Forget(ChainId chain, long firstSeq)
    {
        if (!_entries.Remove((chain, firstSeq), out var entry)) return;
        store.Release(group, chain, firstSeq);
        var use = _use[entry.From];
        _use[entry.From] = (use.Events - (int)(entry.LastSeq - firstSeq + 1), use.Bytes - entry.Bytes);
        var left = _entries.Where(e => e.Key.Chain == chain).Select(e => e.Value.LastSeq).DefaultIfEmpty().Max();
        if (left == 0) _ends.Remove(chain);
        else _ends[chain] = left;
    }

    private sealed record Entry(
        long LastSeq, Hlc FirstHlc, NodeId From, Wait WaitsFor, Dictionary<ChainId, long> Needs, int Bytes);
}
