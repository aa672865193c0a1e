namespace Anarchive.Node;

/// <summary>What this device's own probes say of others; in the log is only what follows from them.</summary>
internal static class ProbeSchema
{
    /// <summary>Kept, so that a restart does not forget the days that a device was silent.</summary>
    public const string Ddl = """
        CREATE TABLE probe_tracks (
            subject BLOB PRIMARY KEY, uptime_q32 INTEGER NOT NULL, samples INTEGER NOT NULL, missed INTEGER NOT NULL,
            silent_ms INTEGER NOT NULL, ok_ms INTEGER, sample_ms INTEGER, bucket INTEGER NOT NULL,
            is_returned INTEGER NOT NULL) WITHOUT ROWID;

        """;
}
