namespace Anarchive.Node;

/// <summary>The tables of the engine, and every other area's, made once when a database is created.</summary>
/// <remarks>
/// To change a table: change its area's DDL, append to <see cref="Steps"/> the statements that bring a database of the
/// version before to the same tables, and keep a data directory of the version before (tests/Integration/Upgrade).
/// A step that was let out is never touched again. Rows that are folded from events need no step: raise their
/// projection's version. A kind that joins <see cref="Anarchive.Log.EngineKinds.OfAuthority"/> needs one: events of it
/// may be here already, kept for nodes that know it.
/// </remarks>
internal static class Schema
{
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

    /// <summary>Some databases of version 1 have these already: they were added before versions were counted.</summary>
    private const string To2 = """
        CREATE INDEX IF NOT EXISTS hive_owed ON hive_items (group_no)
            WHERE kind <> 0 AND has_text = 0 AND own_tombstone = 0 AND rank_tombstones = 0;
        CREATE INDEX IF NOT EXISTS hive_edits_owed ON hive_edits (by_chain, by_seq) WHERE fields = 0;
        """;

    private const string To3 = """
        CREATE TABLE hive_counts (
            group_no INTEGER PRIMARY KEY, posts INTEGER NOT NULL, comments INTEGER NOT NULL);
        INSERT INTO hive_counts SELECT group_no, sum(kind = 1), sum(kind = 2) FROM hive_items
            WHERE kind <> 0 AND own_tombstone = 0 AND rank_tombstones = 0 GROUP BY group_no;
        """;

    /// <summary>
    /// Kinds that became authority's with version 4. What an earlier program kept of them counts from here on, so rows
    /// are folded anew where there are any.
    /// </summary>
    private const string To4 = """
        WITH kinds (kind) AS (VALUES
            ('key_recovered'), ('incarnation_endorsed'), ('heirs_named'), ('owner_transferred'),
            ('succession_proposed'), ('succession_vetoed'), ('succession_endorsed'), ('owner_succeeded'))
        INSERT OR IGNORE INTO authority_events (chain, seq)
        SELECT e.chain, e.seq FROM kinds k JOIN events e
            ON substr(e.header, 161, length(k.kind)) = CAST(k.kind AS BLOB)
            AND hex(substr(e.header, 2, 1)) = printf('%02X', length(k.kind));
        DELETE FROM meta WHERE key LIKE 'projection.%' AND changes() > 0;
        """;

    /// <summary>Countersignatures became authority's with version 5; no rows follow from them.</summary>
    private const string To5 = """
        INSERT OR IGNORE INTO authority_events (chain, seq)
        SELECT chain, seq FROM events WHERE substr(header, 161, 21) = CAST('edition_countersigned' AS BLOB)
            AND hex(substr(header, 2, 1)) = printf('%02X', 21);
        """;

    /// <summary>Each area adds its own.</summary>
    private const string To6 = SyncSchema.To6 + HubSchema.To6;

    /// <inheritdoc cref="To6"/>
    private const string To8 = PartSchema.To8 + NetEditionSchema.To8;

    /// <inheritdoc cref="To6"/>
    private const string To9 = PartSchema.To9 + NetEditionSchema.To9 + SignalSchema.To9;

    /// <inheritdoc cref="To6"/>
    private const string To10 =
        FleetSchema.To10 + ReaperSchema.Ddl + StoreSchema.To10 + ProbeSchema.Ddl + CacheSchema.Ddl
        + ReleaseSchema.To10;

    /// <inheritdoc cref="To6"/>
    private const string To11 = FriendSchema.To11 + AccessSchema.To11 + LibrarySchema.To11;

    /// <summary>In the order they run. Each area adds its own.</summary>
    public static IReadOnlyList<string> Ddl { get; } =
    [
        EngineDdl, HiveSchema.Ddl, SyncSchema.Ddl, HubSchema.Ddl, MirrorSchema.Ddl, PartSchema.Ddl,
        NetEditionSchema.Ddl, SignalSchema.Ddl, FleetSchema.Ddl, ReaperSchema.Ddl, StoreSchema.Ddl,
        ProbeSchema.Ddl, CacheSchema.Ddl, ReleaseSchema.Ddl, FriendSchema.Ddl, AccessSchema.Ddl,
        LibrarySchema.Ddl,
    ];

    /// <summary>What brings a database of version 1 to 2, of 2 to 3, and so on.</summary>
    public static IReadOnlyList<string> Steps { get; } =
        [To2, To3, To4, To5, To6, MirrorSchema.To7, To8, To9, To10, To11, LibrarySchema.To12];

    /// <summary>What this program writes; it upgrades older databases and refuses newer ones.</summary>
    public static int Version => Steps.Count + 1;
}
