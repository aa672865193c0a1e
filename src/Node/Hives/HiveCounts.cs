using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>How much a hive holds, without what was deleted, and when it last moved (Unix milliseconds).</summary>
/// <remarks>Posts and comments are kept as they change: counting them would read an index end to end.</remarks>
internal sealed record HiveCounts(long Posts, long Comments, long Members, long LastActivityMs)
{
    public static HiveCounts Read(SqliteConnection db, long group)
    {
        var (posts, comments, members, hlc) = db.QuerySingle<(long?, long?, long, long?)>(
            """
            SELECT
                (SELECT posts FROM hive_counts WHERE group_no = @group),
                (SELECT comments FROM hive_counts WHERE group_no = @group),
                (SELECT count(*) FROM hive_members WHERE group_no = @group AND joined = 1),
                (SELECT max(hlc) FROM chains WHERE group_no = @group)
            """,
            new { group });
        return new HiveCounts(
            posts ?? 0, comments ?? 0, members, new Hlc(unchecked((ulong)(hlc ?? 0))).UnixMs);
    }
}
