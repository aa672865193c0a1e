using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Reads hives from this node's projection. Safe to call from several threads; sees committed data only.</summary>
public sealed partial class HiveQueries
{
    public IReadOnlyList<HiveView> Hives() => throw new NotImplementedException();

    public HiveView? Hive(string name) => throw new NotImplementedException();

    /// <summary>Posts of one hive, or of all where <paramref name="hive"/> is null. A null page: bad cursor.</summary>
    public Page<PostView>? Feed(string? hive, FeedSort sort, string? cursor, int limit, LocalAgent? viewer) => throw new NotImplementedException();

    public PostView? Post(string id, LocalAgent? viewer) => throw new NotImplementedException();

    /// <summary>Comments of a post in tree order, best first among siblings. A null page: bad cursor.</summary>
    public Page<CommentView>? Comments(string postId, string? cursor, int limit, LocalAgent? viewer) => throw new NotImplementedException();

    public CommentView? Comment(string id, LocalAgent? viewer) => throw new NotImplementedException();

    public Page<MemberView>? Members(string hive, string? cursor, int limit) => throw new NotImplementedException();

    public IReadOnlyList<SettingView> Settings(string hive) => throw new NotImplementedException();

    public Page<SearchHit>? Search(string query, string? hive, string? cursor, int limit) => throw new NotImplementedException();

    /// <summary>SHA-256 over the folded state in canonical order; equal on every node that holds the same events.</summary>
    public Hash256 StateDigest(GroupId group) => throw new NotImplementedException();
}
