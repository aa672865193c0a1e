namespace Anarchive.Node;

/// <summary>The tables of hives: what only this node knows, and the rows folded from events.</summary>
internal static class HiveSchema
{
    public const string Ddl = LocalDdl + RowsDdl;

    /// <summary>Never in the log, never rebuilt.</summary>
    private const string LocalDdl = """
        CREATE TABLE agents (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, avatar TEXT, key_hash BLOB, created_ms INTEGER NOT NULL,
            is_owner INTEGER NOT NULL) WITHOUT ROWID;
        CREATE UNIQUE INDEX agents_owner ON agents (is_owner) WHERE is_owner = 1;
        CREATE INDEX agents_imported ON agents (name) WHERE key_hash IS NULL;
        CREATE TABLE hive_names (
            name TEXT PRIMARY KEY, group_id BLOB NOT NULL UNIQUE, founder TEXT) WITHOUT ROWID;
        CREATE TABLE own_votes (
            target TEXT NOT NULL, agent TEXT NOT NULL, value INTEGER NOT NULL,
            PRIMARY KEY (target, agent)) WITHOUT ROWID;

        """;

    /// <summary>
    /// A reference is (chain, seq, prefix): the chain's local number, and the id's first 8 bytes, which tell a
    /// reference to nothing from the event at its place. So rows cluster as events do, and nothing random is indexed
    /// but voters, within their target. A writer is (by_chain, by_seq) with its clock.
    /// </summary>
    private const string RowsDdl = """
        CREATE TABLE hive_origins (no INTEGER PRIMARY KEY, node BLOB NOT NULL UNIQUE);
        CREATE TABLE hive_items (
            chain INTEGER NOT NULL, seq INTEGER NOT NULL, prefix INTEGER NOT NULL, group_no INTEGER NOT NULL,
            kind INTEGER NOT NULL, has_text INTEGER NOT NULL, agent TEXT NOT NULL,
            post_chain INTEGER, post_seq INTEGER, post_prefix INTEGER,
            parent_chain INTEGER, parent_seq INTEGER, parent_prefix INTEGER,
            hlc INTEGER NOT NULL, registers BLOB, own_tombstone INTEGER NOT NULL, rank_tombstones INTEGER NOT NULL,
            up INTEGER NOT NULL, down INTEGER NOT NULL,
            PRIMARY KEY (chain, seq, prefix)) WITHOUT ROWID;
        CREATE INDEX hive_feed_new ON hive_items (group_no, hlc DESC, chain DESC, seq DESC)
            WHERE kind = 1 AND own_tombstone = 0 AND rank_tombstones = 0;
        CREATE INDEX hive_feed_top ON hive_items (group_no, up - down DESC, hlc DESC, chain DESC, seq DESC)
            WHERE kind = 1 AND own_tombstone = 0 AND rank_tombstones = 0;
        CREATE INDEX hive_comments ON hive_items (group_no, post_chain, post_seq, own_tombstone, rank_tombstones)
            WHERE kind = 2;
        CREATE INDEX hive_awaited ON hive_items (group_no) WHERE kind = 0;
        CREATE INDEX hive_owed ON hive_items (group_no)
            WHERE kind <> 0 AND has_text = 0 AND own_tombstone = 0 AND rank_tombstones = 0;
        CREATE TABLE hive_counts (
            group_no INTEGER PRIMARY KEY, posts INTEGER NOT NULL, comments INTEGER NOT NULL);
        CREATE TABLE hive_edits (
            chain INTEGER NOT NULL, seq INTEGER NOT NULL, prefix INTEGER NOT NULL,
            by_chain INTEGER NOT NULL, by_seq INTEGER NOT NULL, hlc INTEGER NOT NULL, fields INTEGER NOT NULL,
            PRIMARY KEY (chain, seq, prefix, by_chain, by_seq)) WITHOUT ROWID;
        CREATE INDEX hive_edits_owed ON hive_edits (by_chain, by_seq) WHERE fields = 0;
        CREATE TABLE hive_votes (
            chain INTEGER NOT NULL, seq INTEGER NOT NULL, prefix INTEGER NOT NULL, origin INTEGER NOT NULL,
            voter BLOB NOT NULL, value INTEGER NOT NULL,
            hlc INTEGER NOT NULL, by_chain INTEGER NOT NULL, by_seq INTEGER NOT NULL,
            PRIMARY KEY (chain, seq, prefix, origin, voter)) WITHOUT ROWID;
        CREATE TABLE hive_tallies (
            chain INTEGER NOT NULL, seq INTEGER NOT NULL, prefix INTEGER NOT NULL, origin INTEGER NOT NULL,
            up INTEGER NOT NULL, down INTEGER NOT NULL,
            hlc INTEGER NOT NULL, by_chain INTEGER NOT NULL, by_seq INTEGER NOT NULL,
            PRIMARY KEY (chain, seq, prefix, origin)) WITHOUT ROWID;
        CREATE TABLE hive_members (
            group_no INTEGER NOT NULL, origin INTEGER NOT NULL, agent TEXT NOT NULL, joined INTEGER NOT NULL,
            hlc INTEGER NOT NULL, by_chain INTEGER NOT NULL, by_seq INTEGER NOT NULL,
            PRIMARY KEY (group_no, origin, agent)) WITHOUT ROWID;
        CREATE TABLE hive_bans (
            group_no INTEGER NOT NULL, origin INTEGER NOT NULL, agent TEXT NOT NULL, banned INTEGER NOT NULL,
            after BLOB NOT NULL, rank INTEGER NOT NULL,
            hlc INTEGER NOT NULL, by_chain INTEGER NOT NULL, by_seq INTEGER NOT NULL,
            PRIMARY KEY (group_no, origin, agent)) WITHOUT ROWID;
        CREATE TABLE hive_settings (
            group_no INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, rank INTEGER NOT NULL,
            hlc INTEGER NOT NULL, by_chain INTEGER NOT NULL, by_seq INTEGER NOT NULL,
            PRIMARY KEY (group_no, key)) WITHOUT ROWID;
        CREATE TABLE hive_acts (
            group_no INTEGER NOT NULL, chain INTEGER NOT NULL, seq INTEGER NOT NULL, rank INTEGER NOT NULL,
            PRIMARY KEY (group_no, chain, seq)) WITHOUT ROWID;
        CREATE TABLE hive_agents (
            origin INTEGER NOT NULL, agent TEXT NOT NULL, name TEXT NOT NULL, avatar TEXT, hlc INTEGER NOT NULL,
            PRIMARY KEY (origin, agent)) WITHOUT ROWID;
        CREATE VIRTUAL TABLE hive_search USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 2');
        """;
}
