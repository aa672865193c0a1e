namespace Anarchive.Node;

/// <summary>The tables of the engine, and every other area's, made once when a database is created.</summary>
internal static class Schema
{
    /// <summary>Grows with every change of any table; a node refuses a database of a newer one.</summary>
    public const int Version = 1;

    public const string VersionKey = "schema_version";
    public const string UuidKey = "database_uuid";

    /// <summary>
    /// Events cluster by chain, so serving one is a range scan. No index covers 32-byte random ids: it would cost
    /// most of the write rate, and references resolve through chains.
    /// </summary>
    private const string EngineDdl = """
        CREATE TABLE groups (
            no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, ring TEXT NOT NULL);
        CREATE TABLE chains (
            no INTEGER PRIMARY KEY, group_no INTEGER NOT NULL REFERENCES groups (no),
            origin BLOB NOT NULL, incarnation BLOB NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL,
            hlc INTEGER NOT NULL, cut INTEGER NOT NULL, UNIQUE (group_no, origin, incarnation));
        CREATE TABLE events (
            chain INTEGER NOT NULL, seq INTEGER NOT NULL, header BLOB NOT NULL, salt BLOB, payload BLOB,
            PRIMARY KEY (chain, seq)) WITHOUT ROWID;
        CREATE TABLE signatures (
            chain INTEGER NOT NULL, seq INTEGER NOT NULL, signature BLOB NOT NULL,
            PRIMARY KEY (chain, seq)) WITHOUT ROWID;
        CREATE TABLE authority_events (
            chain INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (chain, seq)) WITHOUT ROWID;
        CREATE TABLE arrivals (
            first INTEGER PRIMARY KEY, chain INTEGER NOT NULL, first_seq INTEGER NOT NULL, count INTEGER NOT NULL);
        CREATE TABLE parked (
            group_no INTEGER NOT NULL REFERENCES groups (no), origin BLOB NOT NULL, incarnation BLOB NOT NULL,
            first_seq INTEGER NOT NULL, peer BLOB NOT NULL, waits_for TEXT NOT NULL, batch BLOB NOT NULL,
            PRIMARY KEY (group_no, origin, incarnation, first_seq));
        CREATE TABLE forks (
            chain INTEGER NOT NULL REFERENCES chains (no), seq INTEGER NOT NULL, proof BLOB NOT NULL,
            PRIMARY KEY (chain, seq));
        CREATE TABLE acks (
            peer BLOB NOT NULL, chain INTEGER NOT NULL, seq INTEGER NOT NULL,
            PRIMARY KEY (peer, chain)) WITHOUT ROWID;
        CREATE TABLE cursors (projection TEXT PRIMARY KEY, arrival INTEGER NOT NULL);
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        """;

    /// <summary>In the order they run. Each area adds its own.</summary>
    public static IReadOnlyList<string> Ddl { get; } = [EngineDdl, HiveSchema.Ddl, SyncSchema.Ddl];
}
