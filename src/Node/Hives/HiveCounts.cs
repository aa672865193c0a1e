using System.Collections.Concurrent;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>How much a hive holds, without what was deleted, and when it last moved (Unix milliseconds).</summary>
internal sealed record HiveCounts(long Posts, long Comments, long Members, long LastActivityMs);

/// <summary>Counts hives for lists of them.</summary>
/// <remarks>
/// Counting reads an index end to end. So a count stands as long as the durable vector does and, while events pour in,
/// for some twenty times as long as it took: pages never cost a backfill more than a twentieth of one core.
/// </remarks>
internal sealed class HiveCounter(TimeProvider time)
{
    private const int RestPerWork = 20;

    private readonly ConcurrentDictionary<GroupId, Entry> _known = new();

    public HiveCounts Of(SqliteConnection db, GroupId group, long number, VersionVector durable)
    {
        var vector = durable.Digest();
        if (_known.TryGetValue(group, out var known))
        {
            if (known.Vector == vector || time.GetElapsedTime(known.At) < known.Cost * RestPerWork) return known.Counts;
        }

        var started = time.GetTimestamp();
        var counts = Count(db, number);
        var now = time.GetTimestamp();
        _known[group] = new Entry(vector, counts, now, time.GetElapsedTime(started, now));
        return counts;
    }

    private static HiveCounts Count(SqliteConnection db, long number)
    {
        var (posts, comments, members, hlc) = db.QuerySingle<(long, long, long, long?)>(
            """
            SELECT
                (SELECT count(*) FROM hive_items
                 WHERE group_no = @number AND kind = 1 AND own_tombstone = 0 AND rank_tombstones = 0),
                (SELECT count(*) FROM hive_items
                 WHERE group_no = @number AND kind = 2 AND own_tombstone = 0 AND rank_tombstones = 0),
                (SELECT count(*) FROM hive_members WHERE group_no = @number AND joined = 1),
                (SELECT max(hlc) FROM chains WHERE group_no = @number)
            """,
            new { number });
        return new HiveCounts(posts, comments, members, new Hlc(unchecked((ulong)(hlc ?? 0))).UnixMs);
    }

    private sealed record Entry(Hash256 Vector, HiveCounts Counts, long At, TimeSpan Cost);
}
