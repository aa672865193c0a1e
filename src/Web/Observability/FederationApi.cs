using System.Reflection;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Everything the owner can be told about this node and its peers, in one document.</summary>
/// <param name="State">well, or degraded where something needs the owner.</param>
/// <param name="Verdict">One sentence.</param>
/// <param name="Endpoint">Where peers are told this node is; null where they cannot call it.</param>
/// <param name="PeersByState">How many, per state.</param>
/// <param name="PeersBySource">How many, per way they were found.</param>
public sealed record FederationDto(
    int SchemaVersion, string InstanceId, string Name, string Version, long UptimeMs, string? Endpoint, string State,
    string Verdict, int PeersInStep, int PeersTotal, IReadOnlyDictionary<string, int> PeersByState,
    IReadOnlyDictionary<string, int> PeersBySource, IReadOnlyList<NeedDto> Needs, IReadOnlyList<PeerDto> Peers,
    IReadOnlyList<FederationGroupDto> Groups);

/// <summary>Something only the owner can mend.</summary>
public sealed record NeedDto(string Code, string Subject, string Cause, string Action, string? InstanceId);

/// <summary>A group in figures; the digest covers its vector and is equal where nodes hold the same events.</summary>
public sealed record FederationGroupDto(
    string GroupId, string Name, string Kind, string Ring, long Events, string Digest, int Parked, long Backlog);

/// <summary>Where peers are told this node is, and what those say that were asked to call it.</summary>
public sealed record ReachabilityDto(string? Endpoint, IReadOnlyList<ReachabilityAnswerDto> Answers);

/// <summary>One peer's answer; the code says what went wrong.</summary>
public sealed record ReachabilityAnswerDto(string InstanceId, bool Reached, string? Code);

/// <summary>How this node is.</summary>
internal static class FederationApi
{
    private static readonly string Version =
        typeof(FederationApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?
            .InformationalVersion.Split('+')[0] ?? "unknown";

    public static void MapFederation(this RouteGroupBuilder api)
    {
        var federation = api.MapGroup("/federation").WithTags("status").ForOwner();
        federation.MapGet("/status", Status)
            .WithSummary("This node, what needs its owner, its peers and its groups.")
            .Produces<FederationDto>().Problem(401, 403);
        federation.MapPost("/reach", ReachAsync).WithSummary("Ask a few peers whether they can call this node.")
            .Produces<ReachabilityDto>().Problem(401, 403);
    }

    private static async Task<IResult> ReachAsync(
        Reachability reach, OwnEndpoint own, CancellationToken cancellation) => TypedResults.Json(
        new ReachabilityDto(
            own.Current?.ToString(),
            [.. (await reach.AskAsync(cancellation)).Select(a => new ReachabilityAnswerDto(
                a.Peer.ToString(), a.Reached, a.Code))]),
        ApiJson.Default.ReachabilityDto);

    private static IResult Status(
        Needs needs, LogWriter writer, HiveNames names, NodeName name, OwnEndpoint own, ProcessMeters process)
    {
        var (mesh, found) = needs.Look();
        return TypedResults.Json(
            new FederationDto(
                1,
                writer.Self.ToString(),
                name.Current,
                Version,
                (long)process.Uptime.TotalMilliseconds,
                own.Current?.ToString(),
                found.Count == 0 ? "well" : "degraded",
                mesh.Verdict,
                mesh.InStep,
                mesh.Total,
                Enum.GetValues<PeerState>().ToDictionary(s => s.Code(), s => mesh.Peers.Count(p => p.State == s)),
                mesh.Peers.CountBy(p => p.Source).ToDictionary(),
                [.. found.Select(n => new NeedDto(n.Code, n.Subject, n.Cause, n.Action, n.Peer?.ToString()))],
                [.. mesh.Peers.Select(Views.Dto)],
                [.. writer.Groups().Select(g => new FederationGroupDto(
                    g.Id.ToString(), names.Of(g.Id) ?? "", g.Kind, g.Ring, writer.Durable(g.Id).Events,
                    writer.Durable(g.Id).Digest().ToString(), writer.Parked(g.Id), writer.Backlog(g.Id)))]),
            ApiJson.Default.FederationDto);
    }
}
