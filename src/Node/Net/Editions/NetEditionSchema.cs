namespace Anarchive.Node;

/// <summary>What is known of editions of parts.</summary>
internal static class NetEditionSchema
{
    /// <summary>
    /// Manifests are kept as exact bytes, imported or not: they are the history that later ones are held against.
    /// Lines are sorted by their bytes, as deltas need them.
    /// </summary>
    public const string Ddl = """
        CREATE TABLE net_manifests (
            group_id BLOB NOT NULL, event_id BLOB NOT NULL, seq INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (group_id, event_id)) WITHOUT ROWID;
        CREATE TABLE net_editions (
            no INTEGER PRIMARY KEY, group_id BLOB NOT NULL UNIQUE, seq INTEGER NOT NULL, event_id BLOB NOT NULL,
            state_root BLOB NOT NULL, at_hours INTEGER NOT NULL);
        CREATE TABLE net_edition_rows (
            no INTEGER PRIMARY KEY, edition INTEGER NOT NULL REFERENCES net_editions (no), line BLOB NOT NULL,
            UNIQUE (edition, line));
        CREATE TABLE net_edition_keys (
            key TEXT NOT NULL, row INTEGER NOT NULL REFERENCES net_edition_rows (no) ON DELETE CASCADE,
            PRIMARY KEY (key, row)) WITHOUT ROWID;
        CREATE INDEX net_edition_keys_of_row ON net_edition_keys (row);
        CREATE TABLE net_quarantine (
            group_id BLOB NOT NULL, event_id BLOB NOT NULL, seq INTEGER NOT NULL, why TEXT NOT NULL,
            at_hours INTEGER NOT NULL, PRIMARY KEY (group_id, event_id)) WITHOUT ROWID;
        """;

    /// <summary>With pins, which are part of subscriptions by now.</summary>
    public const string To8 = Ddl + PinsDdl;

    public const string To9 = "DROP TABLE net_pins;";

    private const string PinsDdl =
        "CREATE TABLE net_pins (group_id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;";
}
