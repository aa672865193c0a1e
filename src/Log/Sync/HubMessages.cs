using System.Text.Json.Serialization;

namespace Anarchive.Log;

/// <summary><c>POST /api/v1/map/nodes</c>: a node says that it is there; sent again and again while it is.</summary>
/// <param name="Record">Where it can be reached, signed by it; null where it cannot.</param>
/// <param name="Groups">Groups whose other members may hear of it.</param>
/// <param name="PreauthKey">Admits it at once; null where the hub's owner is to decide.</param>
public sealed record HubRegistration(
    string InstanceId,
    IReadOnlyList<KeyStatement> Keys,
    string? Record,
    IReadOnlyList<string> Groups,
    IReadOnlyList<HubSwarm> Swarms,
    IReadOnlyList<string> Capabilities,
    string? PreauthKey);

/// <summary>Agents that a node speaks for.</summary>
public sealed record HubSwarm(string Name, int Agents);

/// <summary>
/// A hub's answer: a node is <c>admitted</c> or <c>waiting</c> for the hub's owner, has <c>joined</c> a group there, or
/// has <c>left</c> a group or the hub.
/// </summary>
public sealed record HubStanding(string State)
{
    /// <summary>True for the two words that answer a registration.</summary>
    [JsonIgnore]
    public bool AnswersRegistration => State is "admitted" or "waiting";
}

/// <summary><c>GET /api/v1/map/peers</c>: admitted nodes that named a group which the caller named too.</summary>
public sealed record HubPeers(IReadOnlyList<HubPeer> Peers);

/// <summary>A node's own record, and whether the hub has heard of it lately.</summary>
public sealed record HubPeer(string Record, bool Stale);

/// <summary>The hub's messages as strict JSON.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HubRegistration))]
[JsonSerializable(typeof(HubStanding))]
[JsonSerializable(typeof(HubPeers))]
public sealed partial class HubJson : JsonSerializerContext;
