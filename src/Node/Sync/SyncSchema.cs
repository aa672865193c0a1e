namespace Anarchive.Node;

/// <summary>What sync keeps beside the log: peers, tokens, invites, groups joined or left.</summary>
internal static class SyncSchema
{
    public const string Ddl = """
        CREATE TABLE peers (
            id BLOB PRIMARY KEY, endpoint TEXT, source TEXT NOT NULL, token TEXT, record BLOB,
            ttl INTEGER NOT NULL, heard_ms INTEGER) WITHOUT ROWID;
        CREATE TABLE peer_tokens (
            hash BLOB PRIMARY KEY, peer BLOB NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE invites (
            id BLOB PRIMARY KEY, group_id BLOB NOT NULL, secret BLOB NOT NULL, expires_ms INTEGER NOT NULL,
            used_by BLOB) WITHOUT ROWID;
        CREATE TABLE followed_groups (
            group_id BLOB PRIMARY KEY, via BLOB NOT NULL, left_ms INTEGER) WITHOUT ROWID;
        """;
}
