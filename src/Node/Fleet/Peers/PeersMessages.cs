using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary><c>GET /net/v1/peers_for/{infohash}</c>. A friend gets the hash and one address alone.</summary>
public sealed record PeersReply(string Infohash, IReadOnlyList<PeerReply> Peers)
{
    /// <summary>Of the plan that holds now: 64 hex digits.</summary>
    public string? PlanId { get; init; }

    /// <summary>RFC 3339, UTC.</summary>
    public string? AsOf { get; init; }

    /// <summary><c>open</c> or <c>f2f_only</c>.</summary>
    public string? Isolation { get; init; }

    /// <summary><c>open</c> or <c>search_only</c>.</summary>
    public string? SourceGate { get; init; }

    public IReadOnlyList<string>? Custodians { get; init; }

    public IReadOnlyList<WithheldReply>? Withheld { get; init; }

    public static PeersReply Of(PeersAnswer answer, CallerRing caller, Func<Hash256> planId, long nowMs)
    {
        if (caller != CallerRing.Fleet)
            return new PeersReply(answer.InfoHash, [.. answer.Peers.Select(PeerReply.OfHost)]);
        return new PeersReply(answer.InfoHash, [.. answer.Peers.Select(PeerReply.Of)])
        {
            PlanId = planId().ToString(),
            AsOf = Utc(nowMs),
            Isolation = answer.Scope.Isolation == Fleet.Isolation.Open ? "open" : "f2f_only",
            SourceGate = answer.Scope.Gate == Fleet.SourceGate.Open ? "open" : "search_only",
            Custodians = [.. answer.Custodians.Select(c => c.ToString())],
            Withheld = [.. answer.Withheld.Select(w => new WithheldReply(PeerReply.Word(w.Via), w.Reason))],
        };
    }

    internal static string Utc(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
        .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>One who can give a torrent's bytes.</summary>
public sealed record PeerReply(IReadOnlyList<string> Transports)
{
    /// <summary><c>fleet</c>, <c>seedbox</c>, <c>friend</c> or <c>dht</c>.</summary>
    public string? Via { get; init; }

    public string? DeviceId { get; init; }

    public string? Addr { get; init; }

    /// <summary>Per mille.</summary>
    public int? Complete { get; init; }

    /// <summary><c>claimed</c>, <c>hash</c> or <c>challenge</c>.</summary>
    public string? Evidence { get; init; }

    /// <summary>RFC 3339, UTC.</summary>
    public string? VerifiedAt { get; init; }

    /// <summary>Per mille.</summary>
    public int? Uptime { get; init; }

    /// <summary><c>origin:seq</c> of the events that say so.</summary>
    public IReadOnlyList<string>? Provenance { get; init; }

    internal static PeerReply Of(KnownSource peer) => new(peer.Transports)
    {
        Via = Word(peer.Via),
        DeviceId = peer.Device?.ToString(),
        Addr = peer.Address,
        Complete = peer.CompletePermille,
        Evidence = peer.Evidence?.ToString().ToLowerInvariant(),
        VerifiedAt = peer.VerifiedMs is { } ms ? PeersReply.Utc(ms) : null,
        Uptime = peer.UptimePermille,
        Provenance = peer.Provenance,
    };

    internal static PeerReply OfHost(KnownSource host) => new(host.Transports) { Addr = host.Address };

    internal static string Word(PeerVia via) => via.ToString().ToLowerInvariant();
}

/// <param name="Reason"><c>search_only</c>, <c>f2f_only</c> or <c>not_opted_in</c>.</param>
public sealed record WithheldReply(string Via, string Reason);

/// <summary><c>GET /net/v1/registry</c>: the fleet's devices and volumes.</summary>
public sealed record RegistryReply(IReadOnlyList<DeviceReply> Devices, IReadOnlyList<VolumeReply> Volumes);

public sealed record DeviceReply(
    string DeviceId, string Name, string Class, string Zone, bool Offsite, IReadOnlyList<string> Services,
    IReadOnlyList<string> Transports, string? Steward, string State);

/// <param name="Capacity">Bytes.</param>
/// <param name="Reserve">Bytes.</param>
public sealed record VolumeReply(string VolumeId, string DeviceId, string Name, long Capacity, long Reserve);

/// <summary><c>GET /net/v1/custody?after=ITEM</c>: at most 1000 items in order.</summary>
/// <param name="Next">What to ask for after; null at the end.</param>
public sealed record CustodyReply(IReadOnlyList<CustodyRow> Items, string? Next);

/// <param name="Size">Bytes.</param>
/// <param name="Custodians">Devices with a verified copy.</param>
public sealed record CustodyRow(string Item, long Size, int Floor, IReadOnlyList<string> Custodians);

/// <summary><c>GET /net/v1/reaper</c>: what the fleet's clients say of torrents that it knows.</summary>
public sealed record ReaperReply(IReadOnlyList<TorrentReply> Torrents);

/// <param name="Since">RFC 3339, UTC; to a quarter of an hour.</param>
/// <param name="Complete">Per mille.</param>
public sealed record TorrentReply(string Infohash, string DeviceId, string State, string Since, int Complete);

/// <summary>What fleets tell of themselves. Normative: docs/protocol.md, "Fleet".</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PeersReply))]
[JsonSerializable(typeof(RegistryReply))]
[JsonSerializable(typeof(CustodyReply))]
[JsonSerializable(typeof(ReaperReply))]
public sealed partial class PeersJson : JsonSerializerContext;
