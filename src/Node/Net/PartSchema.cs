namespace Anarchive.Node;

/// <summary>The tables of Net: what only this node knows, and the rows folded from part groups.</summary>
internal static class PartSchema
{
    public const string Ddl = LocalDdl + RowsDdl8 + TakenBackDdl;

    /// <summary>From version 7, which had no parts.</summary>
    public const string To8 = LocalDdl + RowsDdl8;

    /// <summary>Events are folded anew into it: see the projection's version.</summary>
    public const string To9 = TakenBackDdl;

    /// <summary>
    /// Never in the log, never rebuilt. Items are what this node has seen on its own disks, and whether others may
    /// hear of them; their paths stay in this table.
    /// </summary>
    private const string LocalDdl = """
        CREATE TABLE part_groups (
            group_id BLOB PRIMARY KEY, part TEXT NOT NULL, via BLOB NOT NULL, is_offered INTEGER NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE part_shared (part TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE part_subscriptions (
            part TEXT NOT NULL, trust TEXT NOT NULL, edition INTEGER, sources_min INTEGER NOT NULL,
            confidence_min INTEGER NOT NULL, aggregator BLOB, k INTEGER, PRIMARY KEY (part, trust)) WITHOUT ROWID;
        CREATE TABLE part_pending (
            no INTEGER PRIMARY KEY AUTOINCREMENT, part TEXT NOT NULL, kind TEXT NOT NULL, is_open INTEGER NOT NULL,
            payload BLOB NOT NULL);
        CREATE TABLE part_pending_keys (
            key TEXT NOT NULL, no INTEGER NOT NULL, PRIMARY KEY (key, no)) WITHOUT ROWID;
        CREATE TABLE part_folders (path TEXT PRIMARY KEY, is_sensitive INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE part_items (
            key TEXT NOT NULL, path TEXT NOT NULL, duration_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL,
            PRIMARY KEY (key, path)) WITHOUT ROWID;
        CREATE INDEX part_items_path ON part_items (path);
        CREATE TABLE part_located (
            key TEXT NOT NULL, type TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, fleets TEXT,
            PRIMARY KEY (key, type)) WITHOUT ROWID;

        """;

    /// <summary>Observations as they were written, and where each key is named.</summary>
    private const string RowsDdl8 = """
        CREATE TABLE part_rows (
            chain INTEGER NOT NULL, seq INTEGER NOT NULL, group_no INTEGER NOT NULL, kind TEXT NOT NULL,
            hlc INTEGER NOT NULL, retracted INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (chain, seq)) WITHOUT ROWID;
        CREATE INDEX part_rows_group ON part_rows (group_no, kind, retracted);
        CREATE TABLE part_keys (
            key TEXT NOT NULL, chain INTEGER NOT NULL, seq INTEGER NOT NULL,
            PRIMARY KEY (key, chain, seq)) WITHOUT ROWID;

        """;

    /// <summary>Of each chain the last event that took something back: an edition without it may hold that.</summary>
    private const string TakenBackDdl = """
        CREATE TABLE part_taken_back (chain INTEGER PRIMARY KEY, group_no INTEGER NOT NULL, seq INTEGER NOT NULL);
        CREATE INDEX part_taken_back_group ON part_taken_back (group_no);

        """;
}
