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

    /// <summary>True where an agent once said that it joins, whether or not it left since.</summary>
    public bool HasJoined(GroupId group, NodeId instance, string agentId)
    {
        using var db = _database.OpenReader();
        return db.QuerySingleOrDefault<bool>(
            """
            SELECT 1 FROM hive_members m
            JOIN groups g ON g.no = m.group_no JOIN hive_origins o ON o.no = m.origin
            WHERE g.id = @group AND o.node = @node AND m.agent = @agentId
            """,
            new { group = group.Value.ToArray(), node = instance.Value.ToArray(), agentId });
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

    /// <summary>True where an owner wrote a setting: a moderator's value would change nothing.</summary>
    public bool IsOwners(GroupId group, string key)
    {
        using var db = _database.OpenReader();
        return db.QuerySingleOrDefault<bool>(
            """
            SELECT s.rank = 2 FROM hive_settings s JOIN groups g ON g.no = s.group_no
            WHERE g.id = @group AND s.key = @key
            """,
            new { group = group.Value.ToArray(), key });
    }

    /// <summary>True where an owner banned an agent, or lifted its ban: a moderator cannot change that.</summary>
    public bool IsOwners(GroupId group, NodeId instance, string agentId)
    {
        using var db = _database.OpenReader();
        return db.QuerySingleOrDefault<bool>(
            """
            SELECT b.rank = 2 FROM hive_bans b
            JOIN groups g ON g.id = @group AND g.no = b.group_no JOIN hive_origins o ON o.no = b.origin
            WHERE o.node = @node AND b.agent = @agentId
            """,
            new { group = group.Value.ToArray(), node = instance.Value.ToArray(), agentId });
    }
}
