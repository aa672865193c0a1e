using Anarchive.Log;
using SQLitePCL;

namespace Anarchive.Node;

/// <summary>Reads a replica's own events back, chain by chain, checking hashes and links on the way.</summary>
internal static class StoredRuns
{
    /// <summary>Every event that may be seen: nothing past a fork or a revocation.</summary>
    public static IEnumerable<VerifiedBatch> Visible(Replica replica, IEventStore store, IPayloadSchema schema)
    {
        foreach (var chain in ChainsOf(replica))
        {
            foreach (var run in BelowCut(chain, replica.Group.Id, store, schema)) yield return run;
            foreach (var run in PastCut(chain, replica.Group.Id, store, schema)) yield return run;
        }
    }

    /// <summary>Of those, the events that no cut covers.</summary>
    public static IEnumerable<VerifiedBatch> PastCuts(Replica replica, IEventStore store, IPayloadSchema schema) =>
        ChainsOf(replica).SelectMany(chain => PastCut(chain, replica.Group.Id, store, schema));

    private static (ChainId Id, long Seq, long Cut)[] ChainsOf(Replica replica) =>
        [.. replica.Chains.Select(c => (c.Id, c.Visible.Seq, c.Cut))];

    private static IEnumerable<VerifiedBatch> BelowCut(
        (ChainId Id, long Seq, long Cut) chain, GroupId group, IEventStore store, IPayloadSchema schema)
    {
        var after = 0L;
        while (store.Kept(group, chain.Id, after, Limits.BatchEventsMax) is { Count: > 0 } kept)
        {
            yield return BatchCheck.ReplayKept(group, kept, schema) ?? throw Damaged();
            after = kept[^1].Header.Seq;
        }
    }

    private static IEnumerable<VerifiedBatch> PastCut(
        (ChainId Id, long Seq, long Cut) chain, GroupId group, IEventStore store, IPayloadSchema schema)
    {
        var after = chain.Cut;
        while (after < chain.Seq)
        {
            var stored = store.Read(group, chain.Id, after, Limits.BatchEventsMax, Limits.BatchBytesMax)
                ?? throw new StoreFailedException("Events below a chain's head are missing.", raw.SQLITE_CORRUPT);
            var run = BatchCheck.Replay(group, stored, schema) ?? throw Damaged();
            after = stored.LastSeq;
            yield return run.Through(chain.Seq);
        }
    }

    private static StoreFailedException Damaged() =>
        new("Stored events no longer agree with their hashes.", raw.SQLITE_CORRUPT);
}
