namespace Anarchive.Node;

/// <summary>What this device saw of its client's torrents. Local: of it the log has states alone.</summary>
internal static class ReaperSchema
{
    /// <summary>
    /// A torrent's <c>state</c> is JSON with neither a path nor an announce URL. <c>reaper_walks</c> are the torrents
    /// that the owner lets the DHT be asked for.
    /// </summary>
    public const string Ddl = """
        CREATE TABLE reaper_torrents (
            infohash TEXT PRIMARY KEY, seen_ms INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE reaper_walks (infohash TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) WITHOUT ROWID;

        """;
}
