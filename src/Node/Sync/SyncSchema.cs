namespace Anarchive.Node;

/// <summary>What sync keeps beside the log: peers, tokens, invites, groups joined or left.</summary>
internal static class SyncSchema
{
    public const string Ddl = """
        CREATE TABLE peers (
            id BLOB PRIMARY KEY, endpoint TEXT, source TEXT NOT NULL, token TEXT, record BLOB,
            ttl INTEGER NOT NULL, heard_ms INTEGER, certificate BLOB,
            proxied INTEGER NOT NULL DEFAULT 0, key BLOB) WITHOUT ROWID;
        CREATE TABLE peer_tokens (
            hash BLOB PRIMARY KEY, peer BLOB NOT NULL, expires_ms INTEGER NOT NULL,
            key BLOB, certificate BLOB) WITHOUT ROWID;
        CREATE TABLE invites (
            id BLOB PRIMARY KEY, group_id BLOB NOT NULL, secret BLOB NOT NULL, expires_ms INTEGER NOT NULL,
            used_by BLOB) WITHOUT ROWID;
        CREATE TABLE followed_groups (
            group_id BLOB PRIMARY KEY, via BLOB NOT NULL, left_ms INTEGER) WITHOUT ROWID;
        """;

    /// <summary>From version 5: the certificates that peers are known by.</summary>
    public const string To6 = """
        ALTER TABLE peers ADD COLUMN certificate BLOB;
        ALTER TABLE peers ADD COLUMN proxied INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE peers ADD COLUMN key BLOB;
        ALTER TABLE peer_tokens ADD COLUMN key BLOB;
        ALTER TABLE peer_tokens ADD COLUMN certificate BLOB;
        """;
}
