namespace Anarchive.Node;

/// <summary>What only this device knows of its cache, never in the log. Stars and trash are pins in the log.</summary>
/// <remarks>
/// <c>cache_changes</c> holds acts that can be undone; <c>cache_aside</c> what a cull set aside and is to be deleted.
/// </remarks>
internal static class CacheSchema
{
    public const string Ddl = """
        CREATE TABLE cache_items (
            item BLOB PRIMARY KEY, title TEXT, is_asked INTEGER NOT NULL, came_ms INTEGER, played_ms INTEGER,
            watched_ms INTEGER, failures INTEGER NOT NULL, tried_ms INTEGER, code TEXT) WITHOUT ROWID;
        CREATE TABLE cache_changes (
            no INTEGER PRIMARY KEY AUTOINCREMENT, item BLOB NOT NULL, act INTEGER NOT NULL, scope INTEGER NOT NULL,
            before INTEGER NOT NULL, after INTEGER NOT NULL, at_ms INTEGER NOT NULL);
        CREATE TABLE cache_aside (
            item BLOB NOT NULL, volume TEXT NOT NULL, since_ms INTEGER NOT NULL, PRIMARY KEY (item, volume))
            WITHOUT ROWID;
        CREATE TABLE cache_limits (
            no INTEGER PRIMARY KEY CHECK (no = 1), budget INTEGER, culls_manual INTEGER NOT NULL,
            is_agreed INTEGER NOT NULL);

        """;
}
