namespace Anarchive.Node;

/// <summary>The tables of Fleet that are folded from the log.</summary>
internal static class FleetSchema
{
    /// <summary>
    /// Registers by group and key; <c>ord</c> sorts as its bytes do, so that the last word is found by comparing them.
    /// The stamp grows with every batch that is folded: what is read into memory is read once.
    /// </summary>
    public const string Ddl = """
        CREATE TABLE fleet_registers (
            group_no INTEGER NOT NULL, key BLOB NOT NULL, ord BLOB NOT NULL, value BLOB NOT NULL,
            stamp INTEGER NOT NULL, PRIMARY KEY (group_no, key)) WITHOUT ROWID;
        CREATE INDEX fleet_registers_stamp ON fleet_registers (group_no, stamp);

        """;

    /// <summary>From version 9, which kept a fleet's events and folded none.</summary>
    public const string To10 = Ddl;
}
