namespace Anarchive.Log;

/// <summary>Which runs answer a pull or fill a push, within a credit of events and bytes.</summary>
public static class RunSelection
{
    /// <summary>
    /// For a pull: always the chain whose next event is the oldest. An event cites older ones, so what is cited comes
    /// first and the caller hardly parks anything.
    /// </summary>
    public static IEnumerable<Batch> OldestFirst(
        IEventReader reader, GroupId group, IReadOnlyList<Want> wants, int eventsMax, int bytesMax)
    {
        var next = new PriorityQueue<Want, (Hlc, ChainId)>();
        foreach (var want in wants) Enqueue(want);
        while (eventsMax > 0 && bytesMax > 0 && next.TryDequeue(out var want, out _))
        {
            if (reader.Read(group, want.Chain, want.After, eventsMax, bytesMax) is not { } batch) continue;
            eventsMax -= batch.Events.Count;
            bytesMax -= BatchFraming.FramedBytes(batch);
            yield return batch;
            Enqueue(want with { After = batch.LastSeq });
        }

        void Enqueue(Want want)
        {
            if (reader.Find(group, new Position(want.Chain, want.After + 1)) is { } first)
                next.Enqueue(want, (first.Header.Hlc, want.Chain));
        }
    }

    /// <summary>
    /// For owed texts: the one event after each place, without a signature; its hash is known where it is owed. So a
    /// text can be had from below a cut too, where no signed run is left.
    /// </summary>
    public static IEnumerable<Batch> OneByOne(
        IEventReader reader, GroupId group, IReadOnlyList<Want> wants, int eventsMax, int bytesMax)
    {
        foreach (var want in wants.Take(eventsMax))
        {
            if (reader.Find(group, new Position(want.Chain, want.After + 1)) is not { IsHollow: false } e) continue;
            var single = new Batch([e], new byte[BatchFraming.SignatureBytes]);
            bytesMax -= BatchFraming.FramedBytes(single);
            if (bytesMax < 0) yield break;
            yield return single;
        }
    }

    /// <summary>For a push: chain after chain, each from the place the receiver has reached.</summary>
    public static IReadOnlyList<Batch> ChainByChain(
        IEventReader reader, GroupId group, IReadOnlyList<Want> runs, int eventsMax, int bytesMax)
    {
        var batches = new List<Batch>();
        foreach (var (chain, first) in runs)
        {
            var after = first;
            while (eventsMax > 0 && bytesMax > 0
                && reader.Read(group, chain, after, eventsMax, bytesMax) is { } batch)
            {
                batches.Add(batch);
                eventsMax -= batch.Events.Count;
                bytesMax -= BatchFraming.FramedBytes(batch);
                after = batch.LastSeq;
            }
        }

        return batches;
    }
}
