namespace Anarchive.Log;

/// <summary>Which runs answer a pull or fill a push, within a credit of events and bytes.</summary>
public static class RunSelection
{
    /// <summary>
    /// For a pull: always the chain whose next event is the oldest. An event cites older ones, so what is cited comes
    /// first and the caller hardly parks anything.
    /// </summary>
    /// <param name="isOnly">One run for each want instead of a chain's rest.</param>
    public static IEnumerable<Batch> OldestFirst(
        IEventReader reader, GroupId group, IReadOnlyList<Want> wants, bool isOnly, int eventsMax, int bytesMax)
    {
        var next = new PriorityQueue<Want, (Hlc, ChainId)>();
        foreach (var want in wants) Enqueue(want);
        while (eventsMax > 0 && bytesMax > 0 && next.TryDequeue(out var want, out _))
        {
            if (reader.Read(group, want.Chain, want.After, eventsMax, bytesMax) is not { } batch) continue;
            eventsMax -= batch.Events.Count;
            bytesMax -= BatchFraming.FramedBytes(batch);
            yield return batch;
            if (!isOnly) Enqueue(want with { After = batch.LastSeq });
        }

        void Enqueue(Want want)
        {
            if (reader.Find(group, new Position(want.Chain, want.After + 1)) is { } first)
                next.Enqueue(want, (first.Header.Hlc, want.Chain));
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
