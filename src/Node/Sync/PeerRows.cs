using Anarchive.Log;
using Anarchive.Rings;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>The peer book on disk.</summary>
internal static class PeerRows
{
    public static IEnumerable<KnownPeer> Load(SqliteConnection db)
    {
        var entries = db.Query<EntryRow>(
            """
            SELECT peer AS Peer, source AS Source, endpoint AS Endpoint, sender AS Sender, learned_ms AS LearnedMs,
                expires_ms AS ExpiresMs FROM peer_entries ORDER BY peer, source
            """).ToLookup(e => new NodeId(new Hash256(e.Peer)));
        return db.Query<Row>(
            """
            SELECT id AS Id, token AS Token, record AS Record, ttl AS Ttl, heard_ms AS HeardMs,
                certificate AS Certificate, proxied AS Proxied, key AS Key, paused AS Paused FROM peers
            """).Select(row => Peer(row, entries[new NodeId(new Hash256(row.Id))]));
    }

    /// <summary>Writes what is known of a peer; nothing, and nothing is kept, where that is null.</summary>
    public static int Save(SqliteConnection db, NodeId id, KnownPeer? peer)
    {
        var key = id.Value.ToArray();
        db.Execute("DELETE FROM peer_entries WHERE peer = @Key", new { Key = key });
        if (peer is null) return db.Execute("DELETE FROM peers WHERE id = @Key", new { Key = key });
        foreach (var entry in peer.Entries) Save(db, key, entry);
        return db.Execute(
            """
            INSERT INTO peers (id, token, record, ttl, heard_ms, certificate, proxied, key, paused)
            VALUES (@Id, @Token, @Record, @Ttl, @HeardMs, @Certificate, @Proxied, @Key, @Paused)
            ON CONFLICT (id) DO UPDATE SET token = @Token, record = @Record, ttl = @Ttl, heard_ms = @HeardMs,
                certificate = @Certificate, proxied = @Proxied, key = @Key, paused = @Paused
            """,
            new
            {
                Id = key,
                peer.Token,
                peer.Record,
                peer.Ttl,
                peer.HeardMs,
                Certificate = peer.Identity?.Certificate.ToArray(),
                Proxied = peer.Identity is { IsProxied: true },
                Key = peer.Identity?.Key.Value.ToArray(),
                Paused = peer.IsPaused,
            });
    }

    private static int Save(SqliteConnection db, byte[] peer, PeerEntry entry) => db.Execute(
        """
        INSERT INTO peer_entries (peer, source, endpoint, sender, learned_ms, expires_ms)
        VALUES (@Peer, @Source, @Endpoint, @Sender, @LearnedMs, @ExpiresMs)
        """,
        new
        {
            Peer = peer,
            Source = (int)entry.Source,
            Endpoint = entry.Endpoint.ToString(),
            Sender = entry.From?.Value.ToArray(),
            entry.LearnedMs,
            entry.ExpiresMs,
        });

    private static KnownPeer Peer(Row row, IEnumerable<EntryRow> entries) => new(new NodeId(new Hash256(row.Id)))
    {
        Entries = [.. entries.Select(Entry).OfType<PeerEntry>()],
        Token = row.Token,
        Record = row.Record,
        Ttl = (int)row.Ttl,
        HeardMs = row.HeardMs,
        Identity = row.Certificate is null
            ? null
            : new PeerIdentity(
                new Hash256(row.Certificate),
                row.Proxied != 0,
                row.Key is null ? default : new PublicKey(new Hash256(row.Key))),
        IsPaused = row.Paused != 0,
    };

    private static PeerEntry? Entry(EntryRow row) => Endpoint.TryParse(row.Endpoint) is { } endpoint
        ? new PeerEntry((PeerSource)row.Source, endpoint, row.LearnedMs, row.ExpiresMs)
        {
            From = row.Sender is null ? null : new NodeId(new Hash256(row.Sender)),
        }
        : null;

    private sealed class Row
    {
        public required byte[] Id { get; init; }

        public string? Token { get; init; }

        public byte[]? Record { get; init; }

        public required long Ttl { get; init; }

        public long? HeardMs { get; init; }

        public byte[]? Certificate { get; init; }

        public required long Proxied { get; init; }

        public byte[]? Key { get; init; }

        public required long Paused { get; init; }
    }

    private sealed class EntryRow
    {
        public required byte[] Peer { get; init; }

        public required long Source { get; init; }

        public required string Endpoint { get; init; }

        public byte[]? Sender { get; init; }

        public required long LearnedMs { get; init; }

        public required long ExpiresMs { get; init; }
    }
}
