namespace Anarchive.Node;

/// <summary>What this device promised to others, and what it lets go; nothing folded from the log.</summary>
internal static class ReleaseSchema
{
    /// <summary>
    /// <c>releases</c> keeps how the last release of each item ended, too. <c>aside_ms</c> is when quarantine began, by
    /// the wall clock: the only one that a restart leaves.
    /// </summary>
    public const string Ddl = """
        CREATE TABLE release_locks (
            intent BLOB NOT NULL, item BLOB NOT NULL, releaser BLOB NOT NULL, PRIMARY KEY (intent, item)) WITHOUT ROWID;
        CREATE TABLE releases (
            item BLOB PRIMARY KEY, volume TEXT NOT NULL, intent BLOB NOT NULL, stage INTEGER NOT NULL,
            begun_ms INTEGER NOT NULL, aside_ms INTEGER, outcome TEXT, refused TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE release_breaker (
            one INTEGER PRIMARY KEY CHECK (one = 1), tick INTEGER NOT NULL, lost INTEGER NOT NULL,
            is_open INTEGER NOT NULL);

        """;

    /// <summary>From version 9.</summary>
    public const string To10 = Ddl;
}
