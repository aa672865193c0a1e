namespace Anarchive.Web;

/// <summary>A node that registered here: <c>admitted</c> or <c>waiting</c>; stale after five minutes.</summary>
public sealed record HubNodeDto(
    string InstanceId, string State, bool Stale, long RegisteredMs, long HeardMs, IReadOnlyList<string> Groups,
    IReadOnlyList<string> Capabilities);

/// <summary>Agents that a node speaks for.</summary>
public sealed record HubSwarmDto(string InstanceId, string Name, int Agents);

public sealed record HubStatsDto(int Nodes, int Waiting, int Stale, int Groups, long Agents);

/// <summary>A key that admits nodes without asking; its text is not kept.</summary>
public sealed record PreauthKeyDto(string Id, bool Reusable, long ExpiresMs, int Uses, bool Spent);

/// <summary>A fresh key with its text, which is shown this once.</summary>
public sealed record MadePreauthKeyDto(PreauthKeyDto Key, string Text);

public sealed record PreauthKeyRequest(bool Reusable, int Hours);

/// <summary>
/// Something that happened to a node: registered, heard, admitted, stale, returned, removed; joined or left a group.
/// </summary>
public sealed record HubEventDto(string Kind, string InstanceId, long AtMs, string? GroupId);
