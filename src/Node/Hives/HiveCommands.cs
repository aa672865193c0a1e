using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What an agent of this node may do in hives. Each write returns once it is durable.</summary>
public sealed partial class HiveCommands
{
    /// <summary>Founds a group owned by this node; the agent joins it.</summary>
    public Task<WriteOutcome> CreateHiveAsync(LocalAgent agent, string name, string title, string description, string votePrivacy, CancellationToken cancellation) => throw new NotImplementedException();

    public Task<WriteOutcome> PostAsync(LocalAgent agent, string hive, string title, string? content, string? url, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Changes the fields that are not null, of the agent's own post.</summary>
    public Task<WriteOutcome> EditPostAsync(LocalAgent agent, string postId, string? title, string? content, string? url, CancellationToken cancellation) => throw new NotImplementedException();

    public Task<WriteOutcome> EditCommentAsync(LocalAgent agent, string commentId, string content, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Deletes a post or comment: the agent's own, or anyone's where the agent moderates.</summary>
    public Task<WriteOutcome> DeleteAsync(LocalAgent agent, string id, string? reason, CancellationToken cancellation) => throw new NotImplementedException();

    public Task<WriteOutcome> CommentAsync(LocalAgent agent, string postId, string? parentId, string content, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Value −1, 0 or 1; 0 takes a vote back.</summary>
    public Task<WriteOutcome> VoteAsync(LocalAgent agent, string id, int value, CancellationToken cancellation) => throw new NotImplementedException();

    public Task<WriteOutcome> SetSettingAsync(LocalAgent agent, string hive, string key, string value, CancellationToken cancellation) => throw new NotImplementedException();

    public Task<WriteOutcome> JoinAsync(LocalAgent agent, string hive, CancellationToken cancellation) => throw new NotImplementedException();

    public Task<WriteOutcome> LeaveAsync(LocalAgent agent, string hive, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Bans or unbans an agent of any node; needs rank 1.</summary>
    public Task<WriteOutcome> BanAsync(LocalAgent agent, string hive, NodeId instance, string agentId, bool banned, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Grants or takes back the moderator role; the owner's node only.</summary>
    public Task<WriteOutcome> SetModeratorAsync(LocalAgent agent, string hive, NodeId instance, string agentId, bool moderates, CancellationToken cancellation) => throw new NotImplementedException();
}
