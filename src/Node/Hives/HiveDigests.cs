using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>State digests of hives as committed, kept while the rows stay.</summary>
internal sealed class HiveDigests(Database database, HiveChains chains)
{
    private readonly ConcurrentDictionary<GroupId, (Hash256 Vector, long Revision, Hash256 State)> _known = new();

    /// <summary>
    /// The digest of what is committed; the vector and the revision tell whether the last one holds.
    /// </summary>
    public Hash256 Of(GroupId group, VersionVector durable, long revision)
    {
        var vector = durable.Digest();
        if (_known.TryGetValue(group, out var known) && (known.Vector, known.Revision) == (vector, revision))
            return known.State;
        var state = Compute(group);
        _known[group] = (vector, revision, state);
        return state;
    }

    private Hash256 Compute(GroupId group)
    {
        using var db = database.OpenReader();
        using var snapshot = db.BeginTransaction(deferred: true);
        return HiveRowDigest.Compute(db, group, number => chains.Of(number).Chain);
    }
}
