namespace Anarchive.Node;

/// <summary>
/// Who may come in: browsers that are signed in, tokens of programs, links for the first run. Each is kept as a hash.
/// </summary>
/// <remarks>Rows of this node alone: they enter no log, and no backup.</remarks>
internal static class AccessSchema
{
    public const string Ddl = """
        CREATE TABLE access_sessions (
            hash BLOB PRIMARY KEY, browser TEXT NOT NULL, address TEXT NOT NULL, since_ms INTEGER NOT NULL,
            used_day INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE access_tokens (
            hash BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, scope INTEGER NOT NULL, made_ms INTEGER NOT NULL,
            used_day INTEGER) WITHOUT ROWID;
        CREATE TABLE access_links (
            hash BLOB PRIMARY KEY, made_ms INTEGER NOT NULL, used_ms INTEGER) WITHOUT ROWID;

        """;

    /// <summary>From version 10.</summary>
    public const string To11 = Ddl;

    /// <summary>What a copy of the database does without: whoever was let out must not come back with it.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["access_sessions", "access_tokens", "access_links"];
}
