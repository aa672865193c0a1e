namespace Anarchive.Node;

/// <summary>What is kept of followed hives beside their log.</summary>
internal static class MirrorSchema
{
    public const string Ddl = """
        CREATE TABLE mirrored_groups (
            group_id BLOB PRIMARY KEY, endpoint TEXT NOT NULL, since_ms INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>From version 6, which followed nothing.</summary>
    public const string To7 = Ddl;
}
