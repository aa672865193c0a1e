namespace Anarchive.Node;

/// <summary>What sync keeps beside the log: peers, tokens, invites, groups joined or left.</summary>
internal static class SyncSchema
{
    public const string Ddl = """
        CREATE TABLE peers (
            id BLOB PRIMARY KEY, token TEXT, record BLOB,
            ttl INTEGER NOT NULL, heard_ms INTEGER, certificate BLOB,
            proxied INTEGER NOT NULL DEFAULT 0, key BLOB,
            paused INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        CREATE TABLE peer_entries (
            peer BLOB NOT NULL, source INTEGER NOT NULL, endpoint TEXT NOT NULL, sender BLOB,
            learned_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, PRIMARY KEY (peer, source)) WITHOUT ROWID;
        CREATE TABLE peer_tokens (
            hash BLOB PRIMARY KEY, peer BLOB NOT NULL, expires_ms INTEGER NOT NULL,
            key BLOB, certificate BLOB) WITHOUT ROWID;
        CREATE TABLE invites (
            id BLOB PRIMARY KEY, group_id BLOB NOT NULL, secret BLOB NOT NULL, expires_ms INTEGER NOT NULL,
            used_by BLOB) WITHOUT ROWID;
        CREATE TABLE followed_groups (
            group_id BLOB PRIMARY KEY, via BLOB NOT NULL, left_ms INTEGER) WITHOUT ROWID;
        """ + PairedDdl;

    private const string PairedDdl = """

        CREATE TABLE paired_nodes (
            node BLOB PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, since_ms INTEGER NOT NULL,
            ended_ms INTEGER) WITHOUT ROWID;
        """;

    /// <summary>
    /// From version 5: the certificates that peers are known by, and an address for each source that named one. Until
    /// then peers' own addresses took the place of typed ones, so those count as theirs.
    /// </summary>
    public const string To6 = """
        ALTER TABLE peers ADD COLUMN certificate BLOB;
        ALTER TABLE peers ADD COLUMN proxied INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE peers ADD COLUMN key BLOB;
        ALTER TABLE peers ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE peer_entries (
            peer BLOB NOT NULL, source INTEGER NOT NULL, endpoint TEXT NOT NULL, sender BLOB,
            learned_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, PRIMARY KEY (peer, source)) WITHOUT ROWID;
        INSERT INTO peer_entries (peer, source, endpoint, learned_ms, expires_ms)
            SELECT id, iif(source = 'gossip', 3, 1), endpoint, 0, iif(source = 'gossip', 0, 9223372036854775807)
            FROM peers WHERE endpoint IS NOT NULL;
        ALTER TABLE peers DROP COLUMN endpoint;
        ALTER TABLE peers DROP COLUMN source;
        ALTER TABLE peer_tokens ADD COLUMN key BLOB;
        ALTER TABLE peer_tokens ADD COLUMN certificate BLOB;
        """ + PairedDdl;
}
