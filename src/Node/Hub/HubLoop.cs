using System.Text.Json;
using Anarchive.Log;
using Anarchive.Rings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Tells each hub where this node is, and takes from it where members of its groups are.</summary>
/// <remarks>
/// What a hub said stays in the peer book, so a dead one changes nothing. A lying one can withhold: records are signed
/// by the nodes they describe, lead to global addresses only, and the handshake there proves the key.
/// </remarks>
public sealed class HubLoop(
    NodeOptions options, PeerDoors doors, PeerClient client, RequestSigning signing, PeerGossip gossip, PeerBook peers,
    Sharing sharing, LogWriter writer, AgentRegistry agents, NodeKey key, IVerifier verifier, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<HubLoop> log) : BackgroundService
{
    private static readonly string[] Capabilities = ["events", "editions", "gossip"];

    private readonly List<HubAddress> _hubs = [.. options.Hubs.Select(HubAddress.TryParse).OfType<HubAddress>()];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_hubs.Count == 0 || !await Started.WaitAsync(lifetime, stoppingToken)) return;
        // Half as often as peers are spoken to: a hub need not hear of this node as soon as they.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2 * options.HeartbeatSeconds), time);
        try
        {
            do await Task.WhenAll(_hubs.Select(hub => VisitAsync(hub, stoppingToken)));
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task VisitAsync(HubAddress hub, CancellationToken cancellation)
    {
        try
        {
            // One door for all of it: whoever proved the hub's key is who hears the rest.
            using var door = doors.Strange(hub.Endpoint, KnownPeer.ScopeOfTyped(hub.Endpoint));
            var recipient = await client.ProveAsync(door, hub.Node, cancellation);
            var standing = await door.Http.ExchangeAsync(
                Registration(hub, recipient), null, HubJson.Default.HubStanding, cancellation);
            NodeLog.HubAnswered(log, hub.Node, standing.State);
            if (standing.State != "admitted") return;
            var request = new HttpRequestMessage(HttpMethod.Get, At(hub, "peers"));
            signing.Sign(request, [], recipient);
            var listed = await door.Http.ExchangeAsync(request, null, HubJson.Default.HubPeers, cancellation);
            await TakeAsync(hub, listed, cancellation);
        }
        catch (PeerException failed)
        {
            NodeLog.HubFailed(log, hub.Node, failed.Code);
        }
    }

    /// <summary>Takes what a hub lists: members of groups with this node only, and newer than what is known.</summary>
    internal async Task TakeAsync(HubAddress hub, HubPeers listed, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var isNear = hub.Endpoint.IsLoopback;
        foreach (var one in listed.Peers.Take(GossipTable.PerHubMax))
        {
            if (Base64UrlText.Decode(one.Record) is not { } bytes) continue;
            if (PeerRecord.TryRead(bytes, now, verifier) is not { } record || record.Node == key.NodeId) continue;
            if (sharing.Introducing(record.Node).Count == 0) continue;
            if (!Disclosure.MayLead(record.Endpoint, isNear)) continue;
            var known = peers.Find(record.Node);
            if (gossip.IsOlder(known, record) || known?.Entries.Any(e => IsSame(e, record)) == true) continue;
            var told = new PeerEntry(PeerSource.Hub, record.Endpoint, now, record.ExpiresMs) { From = hub.Node };
            await gossip.LearnAsync(told, record, Disclosure.TtlHub, cancellation);
        }
    }

    private static bool IsSame(PeerEntry entry, PeerRecord record) =>
        entry.Source == PeerSource.Hub && entry.Endpoint == record.Endpoint && entry.ExpiresMs == record.ExpiresMs;

    private HttpRequestMessage Registration(HubAddress hub, PublicKey recipient)
    {
        var groups = writer.Groups()
            .Where(g => Disclosure.Introduces(g.Ring) && writer.IsMember(g.Id, key.NodeId) && !sharing.HasLeft(g.Id))
            .Select(g => g.Id.ToString());
        var record = gossip.OwnRecord(hub.Endpoint.IsLoopback);
        var said = new HubRegistration(
            key.NodeId.ToString(),
            key.Statements,
            record is null ? null : Base64UrlText.Encode(record.Bytes.Span),
            [.. groups],
            [new HubSwarm("agents", agents.Count)],
            Capabilities,
            hub.PreauthKey);
        var body = JsonSerializer.SerializeToUtf8Bytes(said, HubJson.Default.HubRegistration);
        var request = PeerHttp.Post(At(hub, "nodes"), said, HubJson.Default.HubRegistration);
        signing.Sign(request, body, recipient);
        return request;
    }

    private static Uri At(HubAddress hub, string what) => new($"{hub.Endpoint}/api/v1/map/{what}");
}
