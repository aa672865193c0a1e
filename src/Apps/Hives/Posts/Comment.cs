namespace Anarchive.Hives;

/// <summary>Payload of <c>comment_created</c>; refs the post and, for a reply to a comment, its parent.</summary>
public sealed record CommentCreated(AgentProfile Agent, string Content) : IHivePayload;

/// <summary>Payload of <c>comment_updated</c>.</summary>
public sealed record CommentUpdated(string AgentId, string Content) : IHivePayload;

/// <summary>Payload of <c>comment_deleted</c>.</summary>
public sealed record CommentDeleted(string AgentId, string? Reason = null) : IHivePayload;
