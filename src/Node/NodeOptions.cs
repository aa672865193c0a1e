using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>How a node is started. Every value has a default, so the first run needs no configuration.</summary>
public sealed record NodeOptions
{
    /// <summary>Everything a node keeps: database, keys, witness. Absolute path; created with mode 0700.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Where pages, REST API and, on loopback, the sync protocol are served. Port 0 picks a free one.
    /// </summary>
    public string Listen { get; init; } = "http://127.0.0.1:7420";

    /// <summary>
    /// Where peers on other machines reach this node: <c>https://0.0.0.0:7421</c> with the node's own certificate, or
    /// <c>http://127.0.0.1:7421</c> behind a reverse proxy. Null where only nodes on this machine may.
    /// </summary>
    public string? PeerListen { get; init; }

    /// <summary>
    /// The address written into invites and told to peers; otherwise where this node listens to them.
    /// </summary>
    public string? PublicEndpoint { get; init; }

    /// <summary>Addresses of the reverse proxies that may pass peers' requests on.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Hubs that this node tells where it is, and asks for peers.</summary>
    public IReadOnlyList<string> Hubs { get; init; } = [];

    /// <summary>True where this node is a hub for others.</summary>
    public bool IsHub { get; init; }

    /// <summary>True where the page with all parts of pages is served.</summary>
    public bool HasStyleguide { get; init; }

    /// <summary>
    /// The torrent client that seeds and fetches large files: <c>transmission</c> for one of this node's own, an
    /// address of another on this machine, or null for none.
    /// </summary>
    public string? TorrentClient { get; init; }

    /// <summary>Friends' editions come by this node's torrent client, where it has one, and not by ranges.</summary>
    public bool EditionsByTorrent { get; init; }

    /// <summary>Nodes of BitTorrent's DHT to begin a search with, as IP:PORT; none, and it is never asked.</summary>
    public IReadOnlyList<string> DhtNodes { get; init; } = [];

    /// <summary>
    /// Where the torrent clients of devices are that run no node, as DEVICE@IP:PORT; none, and no copy comes so.
    /// </summary>
    public IReadOnlyList<string> SwarmPeers { get; init; } = [];

    /// <summary>A Torznab indexer that dead public torrents are searched for at, with its key; null for none.</summary>
    public string? Torznab { get; init; }

    /// <summary>How fast files are read to be hashed, in bytes a second; 0 for as fast as the disk is.</summary>
    public long FleetHashBytesPerSecond { get; init; } = 50L * 1024 * 1024;

    /// <summary>How fast copies of items come, in bytes a second; 0 for as fast as they do.</summary>
    public long FleetCopyBytesPerSecond { get; init; } = 20L * 1024 * 1024;

    /// <summary>How many bytes of copies come in a day (UTC); 0 for any number.</summary>
    public long FleetCopyBytesPerDay { get; init; } = 200L * 1024 * 1024 * 1024;

    /// <summary>Where alerts are posted to; null for nowhere.</summary>
    public string? Webhook { get; init; }

    /// <summary>The body that address takes: generic, discord, or auto, which goes by the address.</summary>
    public string WebhookFormat { get; init; } = "auto";

    /// <summary>Minutes that a peer or group may fall further behind before the owner is told.</summary>
    public int AlertLagMinutes { get; init; } = 10;

    /// <summary>The least grave level that is logged, unless an area says otherwise.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>The log's lines on stderr are JSON documents rather than text.</summary>
    public bool LogsJson { get; init; }

    /// <summary>Seconds between heartbeats to a peer, 1 to 30; more often finds changes of address sooner.</summary>
    public int HeartbeatSeconds { get; init; } = 30;

    /// <summary>A name for people; the machine's name where null.</summary>
    public string? Name { get; init; }

    /// <summary>Host names, besides the loopback ones, under which pages and REST API may be asked for.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>
    /// Addresses and networks of the reverse proxies before the pages whose word about the caller is believed.
    /// </summary>
    public IReadOnlyList<string> PageProxies { get; init; } = [];
}
