using System.Collections.Concurrent;
using System.Net;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A node we may speak to: where it is, how we learned of it, and the token it gave us.</summary>
/// <param name="Source">manual (the owner or an invite), self (the peer) or gossip (a record passed on).</param>
/// <param name="Token">As the peer issued it; sent to that peer only, never shown.</param>
/// <param name="Record">Its newest signed record; null before it sent one.</param>
/// <param name="Ttl">Hops that record may still travel.</param>
public sealed record KnownPeer(
    NodeId Id, Endpoint? Endpoint, string Source, string? Token, byte[]? Record, int Ttl, long? HeardMs)
{
    public const string Manual = "manual";
    public const string Self = "self";
    public const string Gossip = "gossip";

    /// <summary>By what it is known where it answers; null before a handshake.</summary>
    public PeerIdentity? Identity { get; init; }

    /// <summary>
    /// How far a dial may go. A peer's own word for a literal address was compared with where it calls from.
    /// </summary>
    public DialScope Scope => this switch
    {
        { Endpoint: { IsEncrypted: false } } => DialScope.ThisMachine,
        { Source: Manual } => DialScope.Typed,
        { Source: Self, Endpoint: { } at } when IPAddress.TryParse(at.Address.Host, out _) => DialScope.Typed,
        _ => DialScope.Learned,
    };

    /// <summary>How far a dial may go to what the owner typed or pasted.</summary>
    public static DialScope ScopeOfTyped(Endpoint endpoint) =>
        endpoint.IsEncrypted ? DialScope.Typed : DialScope.ThisMachine;

    public static KnownPeer New(NodeId id, Endpoint? endpoint, string source) =>
        new(id, endpoint, source, null, null, 0, null);

    // Never the token.
    public override string ToString() => $"{Id} at {Endpoint}";
}

/// <summary>Every peer this node knows, in memory and on disk.</summary>
public sealed class PeerBook
{
    // Peers beyond this are not learned from others; invites always are.
    private const int GossipPeersMax = 1_000;

    private readonly ConcurrentDictionary<NodeId, KnownPeer> _peers = new();
    private readonly Lock _changing = new();
    private readonly LogWriter _writer;

    public PeerBook(Database database, LogWriter writer)
    {
        _writer = writer;
        using var db = database.OpenReader();
        foreach (var row in db.Query<Row>(
            """
            SELECT id AS Id, endpoint AS Endpoint, source AS Source, token AS Token, record AS Record, ttl AS Ttl,
                heard_ms AS HeardMs, certificate AS Certificate, proxied AS Proxied,
                key AS Key FROM peers
            """))
        {
            var id = new NodeId(new Hash256(row.Id));
            _peers[id] = new KnownPeer(
                id, Endpoint.TryParse(row.Endpoint), row.Source, row.Token, row.Record, (int)row.Ttl, row.HeardMs)
            {
                Identity = row.Certificate is null
                    ? null
                    : new PeerIdentity(
                        new Hash256(row.Certificate),
                        row.Proxied != 0,
                        row.Key is null ? default : new PublicKey(new Hash256(row.Key))),
            };
        }
    }

    public IReadOnlyList<KnownPeer> All => [.. _peers.Values.OrderBy(p => p.Id)];

    public KnownPeer? Find(NodeId id) => _peers.GetValueOrDefault(id);

    /// <summary>True when a peer may still be learned from others.</summary>
    public bool HasRoom => _peers.Count < GossipPeersMax;

    /// <summary>
    /// Changes what is known of a peer, null where it is new; durable when it returns. Changes by several threads
    /// follow one another, so none is lost.
    /// </summary>
    public async Task<KnownPeer> UpdateAsync(
        NodeId id, Func<KnownPeer?, KnownPeer> change, CancellationToken cancellation)
    {
        KnownPeer after;
        lock (_changing) _peers[id] = after = change(_peers.GetValueOrDefault(id));
        await _writer.OnWriterAsync(db => Save(db, _peers[id]), cancellation);
        return after;
    }

    /// <summary>Forgets what peers gave this node to be known by: each is then greeted anew.</summary>
    public void ForgetTokens()
    {
        lock (_changing)
        {
            foreach (var (id, peer) in _peers) _peers[id] = peer with { Token = null, Identity = null };
        }
    }

    /// <summary>Keeps when a peer was last heard, so that it is shown as last heard after a restart too.</summary>
    internal async Task HeardAsync(NodeId id, long? heardMs, CancellationToken cancellation)
    {
        if (heardMs is null || Find(id) is null) return;
        try
        {
            await UpdateAsync(id, known => known! with { HeardMs = heardMs }, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private static int Save(SqliteConnection db, KnownPeer peer) => db.Execute(
        """
        INSERT INTO peers (id, endpoint, source, token, record, ttl, heard_ms, certificate, proxied, key)
        VALUES (@Id, @Endpoint, @Source, @Token, @Record, @Ttl, @HeardMs, @Certificate, @Proxied, @Key)
        ON CONFLICT (id) DO UPDATE SET endpoint = @Endpoint, source = @Source, token = @Token,
            record = @Record, ttl = @Ttl, heard_ms = @HeardMs, certificate = @Certificate, proxied = @Proxied,
            key = @Key
        """,
        new
        {
            Id = peer.Id.Value.ToArray(),
            Endpoint = peer.Endpoint?.ToString(),
            peer.Source,
            peer.Token,
            peer.Record,
            peer.Ttl,
            peer.HeardMs,
            Certificate = peer.Identity?.Certificate.ToArray(),
            Proxied = peer.Identity is { IsProxied: true },
            Key = peer.Identity?.Key.Value.ToArray(),
        });

    private sealed class Row
    {
        public required byte[] Id { get; init; }

        public string? Endpoint { get; init; }

        public required string Source { get; init; }

        public string? Token { get; init; }

        public byte[]? Record { get; init; }

        public required long Ttl { get; init; }

        public long? HeardMs { get; init; }

        public byte[]? Certificate { get; init; }

        public required long Proxied { get; init; }

        public byte[]? Key { get; init; }
    }
}
