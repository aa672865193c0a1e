using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
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
    Sharing sharing, TakesNoPart takesNoPart, HiveQueries hives, LogWriter writer, AgentRegistry agents, NodeKey key,
    IVerifier verifier, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<HubLoop> log) : BackgroundService
{
    private static readonly string[] Capabilities = ["events", "editions", "gossip"];

    private readonly List<HubAddress> _hubs = [.. options.Hubs.Select(HubAddress.TryParse).OfType<HubAddress>()];

    // What each hub that let this node in was told last. To the others a registration says all there is to say.
    private readonly ConcurrentDictionary<HubAddress, ImmutableHashSet<GroupId>> _told = new();

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>
    /// This node may have joined or left that group: hubs are told soon, where they know otherwise. Returns at once.
    /// </summary>
    public void LookAt(GroupId group)
    {
        // Friends' groups are never told, so each change of one has the loop look in vain, which costs little.
        var isHere = writer.IsMember(group, key.NodeId) && !takesNoPart(group);
        if (_told.Any(told => told.Value.Contains(group) != isHere)) _changes.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_hubs.Count == 0 || !await Started.WaitAsync(lifetime, stoppingToken)) return;
        using var listening = writer.Listen(change => LookAt(change.Group));
        // Half as often as peers are spoken to: a hub need not hear of this node as soon as they.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2 * options.HeartbeatSeconds), time);
        try
        {
            await VisitAllAsync(registers: true, stoppingToken);
            var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            var change = _changes.Reader.ReadAsync(stoppingToken).AsTask();
            while (true)
            {
                var first = await Task.WhenAny(tick, change);
                await first;
                await VisitAllAsync(registers: first == tick, stoppingToken);
                if (first == tick) tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                else change = _changes.Reader.ReadAsync(stoppingToken).AsTask();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private Task VisitAllAsync(bool registers, CancellationToken cancellation) =>
        Task.WhenAll(_hubs.Select(hub => VisitAsync(hub, registers, cancellation)));

    /// <summary>Registers, or only says which groups were joined and left since.</summary>
    private async Task VisitAsync(HubAddress hub, bool registers, CancellationToken cancellation)
    {
        var groups = Groups();
        var told = _told.GetValueOrDefault(hub);
        if (!registers && told?.SetEquals(groups) != false) return;
        try
        {
            // One door for all of it: whoever proved the hub's key is who hears the rest.
            using var door = doors.Strange(hub.Endpoint, KnownPeer.ScopeOfTyped(hub.Endpoint));
            var recipient = await client.ProveAsync(door, hub.Node, cancellation);
            if (registers || told is null)
            {
                var standing = await door.Http.ExchangeAsync(
                    Registration(hub, recipient, groups), null, HubJson.Default.HubStanding, cancellation);
                if (!standing.AnswersRegistration) throw PeerException.Malformed();
                NodeLog.HubAnswered(log, hub.Node, standing.State);
                if (standing.State != "admitted")
                {
                    _told.TryRemove(hub, out _);
                    return;
                }
            }
            else
            {
                foreach (var group in told.SymmetricExcept(groups))
                {
                    var act = groups.Contains(group) ? "join" : "leave";
                    await door.Http.ExchangeAsync(
                        Signed(HttpMethod.Post, At(hub, $"groups/{group}/{act}"), recipient), null,
                        HubJson.Default.HubStanding, cancellation);
                }
            }

            _told[hub] = groups;
            // What changed meanwhile was compared with what the hub was told before.
            if (!Groups().SetEquals(groups)) _changes.Writer.TryWrite(true);
            var listed = await door.Http.ExchangeAsync(
                Signed(HttpMethod.Get, At(hub, "peers"), recipient), null, HubJson.Default.HubPeers, cancellation);
            await TakeAsync(hub, listed, cancellation);
        }
        catch (PeerException failed)
        {
            _told.TryRemove(hub, out _);
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

    /// <summary>
    /// Those whose other members may hear of this node. Whoever names a hive at a hub hears of its members, so ids that
    /// anybody may know are not named there.
    /// </summary>
    private ImmutableHashSet<GroupId> Groups() =>
    [
        .. writer.Groups()
            .Where(g => Disclosure.Introduces(g.Ring) && writer.IsMember(g.Id, key.NodeId) && !takesNoPart(g.Id)
                && !hives.IsPublic(g.Id))
            .Select(g => g.Id)
            .Take(HubNode.GroupsMax),
    ];

    private HttpRequestMessage Registration(HubAddress hub, PublicKey recipient, IEnumerable<GroupId> groups)
    {
        var record = gossip.OwnRecord(hub.Endpoint.IsLoopback);
        var said = new HubRegistration(
            key.NodeId.ToString(),
            key.Statements,
            record is null ? null : Base64UrlText.Encode(record.Bytes.Span),
            [.. groups.Order().Select(g => g.ToString())],
            [new HubSwarm("agents", agents.Count)],
            Capabilities,
            hub.PreauthKey);
        var body = JsonSerializer.SerializeToUtf8Bytes(said, HubJson.Default.HubRegistration);
        var request = PeerHttp.Post(At(hub, "nodes"), said, HubJson.Default.HubRegistration);
        signing.Sign(request, body, recipient);
        return request;
    }

    private HttpRequestMessage Signed(HttpMethod method, Uri at, PublicKey recipient)
    {
        var request = new HttpRequestMessage(method, at);
        signing.Sign(request, [], recipient);
        return request;
    }

    private static Uri At(HubAddress hub, string what) => new($"{hub.Endpoint}/api/v1/map/{what}");
}
