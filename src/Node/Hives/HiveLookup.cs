using Anarchive.Hives;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>A post or comment that something is about to be done to.</summary>
public sealed record HiveTarget(
    GroupId Group, EventRef Ref, bool IsPost, string AgentId, Position? Post, bool Deleted);

/// <summary>What commands ask before they write. Sees committed data only.</summary>
public sealed class HiveLookup
{
    private readonly Database _database;
    private readonly HiveChains _chains;

    internal HiveLookup(Database database, HiveChains chains)
    {
        _database = database;
        _chains = chains;
    }

    /// <summary>The post or comment of that id; null where none is here.</summary>
    public HiveTarget? Target(string id)
    {
        if (_chains.Find(id) is not var (chain, seq)) return null;
        using var db = _database.OpenReader();
        if (db.FindItem(_chains, chain.No, seq) is not { } item) return null;
        var isPost = item.Kind == ItemKind.Post;
        return new HiveTarget(
            chain.Group, item.Key, isPost, item.AgentId, isPost ? null : item.Post.Position, item.IsDeleted);
    }

    public bool IsBanned(GroupId group, NodeId instance, string agentId)
    {
        using var db = _database.OpenReader();
        return db.QuerySingleOrDefault<bool>(
            """
            SELECT b.banned FROM hive_bans b
            JOIN groups g ON g.no = b.group_no JOIN hive_origins o ON o.no = b.origin
            WHERE g.id = @group AND o.node = @node AND b.agent = @agentId
            """,
            new { group = group.Value.ToArray(), node = instance.Value.ToArray(), agentId });
    }
}
