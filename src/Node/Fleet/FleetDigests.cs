using System.Collections.Concurrent;
using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>State digests of fleets as committed; computed again only where something changed.</summary>
public sealed class FleetDigests(Database database, LogWriter writer)
{
    private readonly ConcurrentDictionary<GroupId, (Hash256 Vector, long Revision, Hash256 State)> _known = new();

    /// <summary>Null for a group that is no fleet.</summary>
    public Hash256? Of(GroupId group)
    {
        if (!writer.Groups().Any(g => g.Id == group && g.Kind == FleetApp.GroupKind)) return null;
        var (vector, revision) = (writer.Durable(group).Digest(), writer.Revision(group));
        if (_known.TryGetValue(group, out var known) && (known.Vector, known.Revision) == (vector, revision))
            return known.State;
        using var db = database.OpenReader();
        var state = Compute(db, group);
        _known[group] = (vector, revision, state);
        return state;
    }

    internal static Hash256 Compute(SqliteConnection db, GroupId group)
    {
        using var digest = new FleetStateDigest();
        var rows = db.Query<(byte[] Key, byte[] Order, byte[] Value)>(
            """
            SELECT r.key, r.ord, r.value FROM fleet_registers r JOIN groups g ON g.no = r.group_no
            WHERE g.id = @Group ORDER BY r.key
            """,
            new { Group = group.Value.ToArray() },
            buffered: false);
        foreach (var (key, order, value) in rows) digest.Add(key, order, value);
        return digest.Finish();
    }
}
