using Anarchive.Log;
using SQLitePCL;

namespace Anarchive.Node;

/// <summary>Reads a replica's own events back, chain by chain, checking hashes and links on the way.</summary>
internal static class StoredRuns
{
    /// <summary>Every event that may be seen: nothing past a fork or a revocation.</summary>
    public static IEnumerable<VerifiedBatch> Visible(Replica replica, IEventStore store, IPayloadSchema schema)
    {
        foreach (var chain in replica.Chains.Select(c => (c.Id, c.Visible.Seq, c.Cut)).ToArray())
        {
            foreach (var kept in store.Kept(replica.Group.Id, chain.Id).Chunk(Limits.BatchEventsMax))
                yield return BatchCheck.ReplayKept(replica.Group.Id, kept, schema)
                    ?? throw new StoreFailedException(
                        "Stored events no longer agree with their hashes.", raw.SQLITE_CORRUPT);
            var after = chain.Cut;
            while (after < chain.Seq)
            {
                var stored = store.Read(
                    replica.Group.Id, chain.Id, after, Limits.BatchEventsMax, Limits.BatchBytesMax)
                    ?? throw new StoreFailedException("Events below a chain's head are missing.", raw.SQLITE_CORRUPT);
                var run = BatchCheck.Replay(replica.Group.Id, stored, schema)
                    ?? throw new StoreFailedException(
                        "Stored events no longer agree with their hashes.", raw.SQLITE_CORRUPT);
                after = stored.LastSeq;
                yield return run.Through(chain.Seq);
            }
        }
    }
}
