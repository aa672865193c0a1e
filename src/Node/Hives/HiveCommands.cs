using Anarchive.Hives;

namespace Anarchive.Node;

/// <summary>What an agent of this node may do in hives. Each write returns once it is durable.</summary>
/// <remarks>
/// These are the home node's rules: they keep its own agents from writing what every fold would ignore, or what their
/// reader would not forgive. They are checked against committed state; two writes that race may both pass, and the
/// folds decide.
/// </remarks>
public sealed partial class HiveCommands(HiveWrites writes, HiveNames names, HiveLookup lookup, BallotBox ballots)
{
    private static readonly Problem Deleted = new("deleted", 409, "This was deleted.");
    private static readonly Problem Empty = new("empty_content", 400, "The text must not be empty.");

    public async Task<WriteOutcome> PostAsync(
        LocalAgent agent, string hive, string title, string? content, string? url, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group) return WriteOutcome.Refused(Problem.NotFound("hive"));
        if (writes.WhyMute(group, agent) is { } why) return WriteOutcome.Refused(why);
        var post = new PostCreated(HiveDrafts.Profile(agent), title.Trim(), NullIfEmpty(content), NullIfEmpty(url));
        return await writes.WriteAsync(group, HiveDrafts.Make("post_created", post), cancellation);
    }

    /// <summary>
    /// Changes the fields that are not null, of the agent's own post; an empty content or url clears it.
    /// </summary>
    public async Task<WriteOutcome> EditPostAsync(
        LocalAgent agent, string postId, string? title, string? content, string? url, CancellationToken cancellation)
    {
        if (lookup.Target(postId) is not { IsPost: true } post) return WriteOutcome.Refused(Problem.NotFound("post"));
        if (post.Deleted) return WriteOutcome.Refused(Deleted);
        if (!writes.IsOwn(post, agent)) return WriteOutcome.Refused(new("not_yours", 403, "This post is not yours."));
        if (WhyFixed(post, agent) is { } why) return WriteOutcome.Refused(why);
        var edit = new PostUpdated(agent.Id, title?.Trim(), content, url);
        return await writes.WriteAsync(post.Group, HiveDrafts.Make("post_updated", edit, post.Ref), cancellation);
    }

    public async Task<WriteOutcome> CommentAsync(
        LocalAgent agent, string postId, string? parentId, string content, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(content)) return WriteOutcome.Refused(Empty);
        if (lookup.Target(postId) is not { IsPost: true } post) return WriteOutcome.Refused(Problem.NotFound("post"));
        if (WhyFixed(post, agent) is { } why) return WriteOutcome.Refused(why);
        HiveTarget? parent = null;
        if (parentId is not null && parentId != postId)
        {
            parent = lookup.Target(parentId);
            if (parent is not { IsPost: false }) return WriteOutcome.Refused(Problem.NotFound("comment"));
            if (parent.Group != post.Group || parent.Post != post.Ref.Position)
                return WriteOutcome.Refused(
                    new("parent_of_another_post", 400, "The comment you reply to belongs to another post."));
        }

        var comment = new CommentCreated(HiveDrafts.Profile(agent), content);
        var draft = HiveDrafts.Make("comment_created", comment, post.Ref, parent?.Ref);
        return await writes.WriteAsync(post.Group, draft, cancellation);
    }

    public async Task<WriteOutcome> EditCommentAsync(
        LocalAgent agent, string commentId, string content, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(content)) return WriteOutcome.Refused(Empty);
        if (lookup.Target(commentId) is not { IsPost: false } comment)
            return WriteOutcome.Refused(Problem.NotFound("comment"));
        if (comment.Deleted) return WriteOutcome.Refused(Deleted);
        if (!writes.IsOwn(comment, agent))
            return WriteOutcome.Refused(new("not_yours", 403, "This comment is not yours."));
        if (WhyFixed(comment, agent) is { } why) return WriteOutcome.Refused(why);
        var draft = HiveDrafts.Make("comment_updated", new CommentUpdated(agent.Id, content), comment.Ref);
        return await writes.WriteAsync(comment.Group, draft, cancellation);
    }

    /// <summary>Deletes a post or comment: the agent's own, or anyone's where the agent moderates.</summary>
    public async Task<WriteOutcome> DeleteAsync(
        LocalAgent agent, string id, string? reason, CancellationToken cancellation)
    {
        if (lookup.Target(id) is not { } target) return WriteOutcome.Refused(Problem.NotFound("post or comment"));
        if (target.Deleted) return WriteOutcome.Refused(Deleted);
        // Authors may always take back what they wrote, even when banned.
        var own = writes.IsOwn(target, agent);
        if ((own ? writes.WhyNotReady(target.Group) : writes.WhyMute(target.Group, agent)) is { } why)
            return WriteOutcome.Refused(why);
        var (may, grant) = own ? (true, null) : await writes.RankAsync(target.Group, agent, cancellation);
        if (!may)
            return WriteOutcome.Refused(new("not_yours", 403, "Only its author or a moderator may delete this."));
        var draft = target.IsPost
            ? HiveDrafts.Make("post_deleted", new PostDeleted(agent.Id, NullIfEmpty(reason)), target.Ref, grant)
            : HiveDrafts.Make("comment_deleted", new CommentDeleted(agent.Id, NullIfEmpty(reason)), target.Ref, grant);
        return await writes.WriteAsync(target.Group, draft, cancellation);
    }

    /// <summary>Value −1, 0 or 1; 0 takes a vote back.</summary>
    public async Task<WriteOutcome> VoteAsync(LocalAgent agent, string id, int value, CancellationToken cancellation)
    {
        if (value is < -1 or > 1) return WriteOutcome.Refused(HiveDrafts.Of(PayloadFault.VoteValue));
        if (lookup.Target(id) is not { } target) return WriteOutcome.Refused(Problem.NotFound("post or comment"));
        if (WhyFixed(target, agent) is { } why) return WriteOutcome.Refused(why);
        return WriteOutcome.Done(target.Group, await ballots.CastAsync(agent, target, value, cancellation));
    }

    /// <summary>Why an agent may write nothing in a hive now; null where it may.</summary>
    public Problem? WhyMute(string hive, LocalAgent agent) =>
        names.Find(hive) is { } group ? writes.WhyMute(group, agent) : Problem.NotFound("hive");

    private Problem? WhyFixed(HiveTarget target, LocalAgent agent) =>
        target.Deleted ? Deleted : writes.WhyMute(target.Group, agent);

    /// <summary>Forms send an empty field where nothing was meant.</summary>
    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
