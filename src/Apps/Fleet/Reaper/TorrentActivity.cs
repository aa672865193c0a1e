namespace Anarchive.Fleet;

/// <summary>What a client does with a torrent, in words that all clients share.</summary>
public enum TorrentActivity
{
    /// <summary>A word this program does not know: never judged.</summary>
    Unknown,

    /// <summary>Wants bytes, whatever the client itself says of how that goes.</summary>
    Fetching,

    Seeding,
    Paused,
    Queued,
    Checking,
    Moving,

    /// <summary>Asks for the torrent's description.</summary>
    Metadata,

    /// <summary>The client gave up: files are gone, or the disk refuses.</summary>
    Failed,
}

/// <summary>The words of each client, put into those that all share.</summary>
/// <remarks>
/// Facts of qBittorrent's Web API 2 (<c>state</c> of <c>torrents/info</c>, versions 4 and 5) and of Transmission's RPC
/// (<c>status</c> of <c>torrent-get</c>, versions 2.80 and later).
/// </remarks>
public static class ClientWords
{
    // Transmission's "error": 1 and 2 are a tracker's, and judged by its message.
    private const int LocalError = 3;

    /// <summary>Version 5 says stopped where version 4 said paused.</summary>
    public static TorrentActivity OfQBittorrent(string? state) => state switch
    {
        "downloading" or "stalledDL" or "forcedDL" => TorrentActivity.Fetching,
        "uploading" or "stalledUP" or "forcedUP" => TorrentActivity.Seeding,
        "pausedDL" or "pausedUP" or "stoppedDL" or "stoppedUP" => TorrentActivity.Paused,
        "queuedDL" or "queuedUP" => TorrentActivity.Queued,
        "checkingDL" or "checkingUP" or "checkingResumeData" => TorrentActivity.Checking,
        // Files are laid out or moved: neither says anything of the swarm.
        "moving" or "allocating" => TorrentActivity.Moving,
        "metaDL" or "forcedMetaDL" => TorrentActivity.Metadata,
        "error" or "missingFiles" => TorrentActivity.Failed,
        _ => TorrentActivity.Unknown,
    };

    /// <param name="status">0 stopped, 1 and 2 checking, 3 and 4 fetching, 5 and 6 seeding.</param>
    /// <param name="error">0 none, 1 and 2 of a tracker, 3 of this machine.</param>
    /// <param name="hasMetadata">False while it has a magnet link alone.</param>
    public static TorrentActivity OfTransmission(int status, int error, bool hasMetadata) => (status, error) switch
    {
        // A torrent with an error of the disk is stopped by the client, not by its owner.
        (_, LocalError) => TorrentActivity.Failed,
        (0, _) => TorrentActivity.Paused,
        (1 or 2, _) => TorrentActivity.Checking,
        (3 or 5, _) => TorrentActivity.Queued,
        (4, _) => hasMetadata ? TorrentActivity.Fetching : TorrentActivity.Metadata,
        (6, _) => TorrentActivity.Seeding,
        _ => TorrentActivity.Unknown,
    };
}
