using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What a hive's state was at a vector, folded from this node's own log.</summary>
/// <remarks>
/// Beside the writer, in a database of its own that nothing is committed to: so neither the size of a hive nor what is
/// written meanwhile matters.
/// </remarks>
public sealed class PastState(DataDirectory directory, IEventReader reader, IVerifier verifier)
{
    private const string Owed = """
        SELECT EXISTS (SELECT 1 FROM hive_items
            WHERE kind <> 0 AND has_text = 0 AND own_tombstone = 0 AND rank_tombstones = 0)
        OR EXISTS (SELECT 1 FROM hive_edits e
            JOIN hive_items i ON i.chain = e.chain AND i.seq = e.seq AND i.prefix = e.prefix
            WHERE e.fields = 0 AND i.own_tombstone = 0 AND i.rank_tombstones = 0)
        """;

    private readonly Lock _one = new();

    /// <summary>
    /// The digest of the state, and whether it was folded from everything: a text that is owed, or was erased later,
    /// makes it another. Null where the log here does not lead to that vector, and for a group that is no hive.
    /// </summary>
    public (Hash256 State, bool IsWhole)? Of(StoredGroup group, VersionVector vector, CancellationToken cancellation)
    {
        if (group.Kind != HivesApp.GroupKind) return null;
        var authority = new Authority();
        if (!Each(group.Id, vector, run => Learn(run, authority), cancellation)) return null;
        lock (_one) return Fold(group, vector, authority, cancellation);
    }

    /// <summary>Removes what a process left behind that ended within.</summary>
    public void Forget()
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Delete(directory.PastStatePath + suffix);
    }

    private (Hash256 State, bool IsWhole)? Fold(
        StoredGroup group, VersionVector vector, Authority authority, CancellationToken cancellation)
    {
        Forget();
        try
        {
            using var database = Database.Open(directory.PastStatePath);
            using var store = new SqliteEventStore(database);
            using var hives = new HiveProjection(database, store);
            store.AddGroup(group);
            hives.Begin(group.Id, authority);
            if (!Each(group.Id, vector, run => hives.Apply(run, authority), cancellation)) return null;
            var state = hives.StateOf(group.Id);
            using var owed = database.Prepare(Owed);
            var isWhole = owed.Step() && owed.Int64(0) == 0;
            database.Rollback();
            return (state, isWhole);
        }
        finally
        {
            Forget();
        }
    }

    /// <summary>Reads every event up to the vector; false where one is missing or another is in its place.</summary>
    private bool Each(
        GroupId group, VersionVector vector, Action<VerifiedBatch> take, CancellationToken cancellation)
    {
        foreach (var (chain, head) in vector.Heads.OrderBy(h => h.Key))
        {
            var id = default(EventId);
            for (long after = 0; after < head.Seq;)
            {
                cancellation.ThrowIfCancellationRequested();
                if (reader.Read(group, chain, after, Limits.BatchEventsMax, Limits.BatchBytesMax) is not { } stored
                    || BatchCheck.Replay(group, stored, HivesApp.Schema)?.Through(head.Seq) is not { } run)
                    return false;
                take(run);
                (after, id) = (stored.LastSeq, run.Head.Id);
            }

            if (id != head.Id) return false;
        }

        return true;
    }

    private void Learn(VerifiedBatch run, Authority authority)
    {
        foreach (var e in run.Events)
        {
            if (!EngineKinds.OfAuthority.Contains(e.Header.Kind)) continue;
            if (e.Content is not OwnerTransferred t || OwnerConsent.Holds(t, run.Group, e.Header.Origin, verifier))
                authority.Apply(e);
        }
    }
}
