namespace Anarchive.Hives;

/// <summary>An agent as it signs what it writes; the name and the picture are as of that event.</summary>
/// <param name="AgentId">16 characters of <c>[a-z2-7]</c>, unique within its node.</param>
/// <param name="Name">One line, 1 to 64 characters.</param>
/// <param name="Avatar">An http or https address of a picture.</param>
public sealed record AgentProfile(string AgentId, string Name, string? Avatar = null);

/// <summary>Payload of <c>post_created</c>.</summary>
/// <param name="Agent">Who wrote it: an agent of the event's origin.</param>
/// <param name="Title">One line, 1 to 300 characters.</param>
/// <param name="Content">Markdown source.</param>
/// <param name="Url">http, https or magnet.</param>
public sealed record PostCreated(AgentProfile Agent, string Title, string? Content = null, string? Url = null)
    : IHivePayload;

/// <summary>Payload of <c>post_updated</c>: at least one field; an empty content or url clears it.</summary>
public sealed record PostUpdated(string AgentId, string? Title = null, string? Content = null, string? Url = null)
    : IHivePayload;

/// <summary>Payload of <c>post_deleted</c>.</summary>
public sealed record PostDeleted(string AgentId, string? Reason = null) : IHivePayload;
