using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>The bans of one group: they hide, on every page, what a banned agent wrote past their seqs.</summary>
internal sealed class HiveBans
{
    private readonly Dictionary<(NodeId Instance, string AgentId), BanRow> _bans = [];

    public static HiveBans Of(SqliteConnection db, long groupNo, Func<long, ChainId> chainOf)
    {
        var bans = new HiveBans();
        foreach (var ban in Read(db, groupNo, chainOf)) bans._bans[(ban.Instance, ban.AgentId)] = ban;
        return bans;
    }

    /// <summary>In the order of nodes and agents.</summary>
    public static IEnumerable<BanRow> Read(SqliteConnection db, long groupNo, Func<long, ChainId> chainOf)
    {
        using var row = db.Statement("""
            SELECT o.node, b.agent, b.banned, b.after, b.rank, b.hlc, b.by_chain, b.by_seq
            FROM hive_bans b JOIN hive_origins o ON o.no = b.origin WHERE b.group_no = ?1 ORDER BY o.node, b.agent
            """);
        row.Bind(1, groupNo);
        while (row.Step())
            yield return new BanRow(
                new NodeId(row.Hash(0)),
                row.Text(1),
                row.Int64(2) != 0,
                RowColumns.ReadAfter(row.Blob(3)),
                RowColumns.ReadOwnerFirst(row, 4, chainOf));
    }

    public bool Hides(ItemRow item) =>
        _bans.TryGetValue((item.Key.Chain.Origin, item.AgentId), out var ban) && ban.Hides(item.Key.Position);

    public bool IsBanned(NodeId instance, string agentId) =>
        _bans.TryGetValue((instance, agentId), out var ban) && ban.Banned;

    public IEnumerable<BanRow> All => _bans.Values;
}
