namespace Anarchive.Node;

/// <summary>What a hub keeps: who registered, and the keys that admit without asking.</summary>
internal static class HubSchema
{
    public const string Ddl = """
        CREATE TABLE hub_nodes (
            id BLOB PRIMARY KEY, said BLOB NOT NULL, admitted INTEGER NOT NULL, registered_ms INTEGER NOT NULL,
            heard_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE hub_keys (
            hash BLOB PRIMARY KEY, reusable INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
            uses INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>From version 5, which knew no hubs.</summary>
    public const string To6 = Ddl;
}
