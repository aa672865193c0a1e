namespace Anarchive.Fleet;

/// <summary>What a client says of a torrent at one moment.</summary>
/// <remarks>Neither a path nor an announce URL is in it, and of a tracker's message the class alone.</remarks>
/// <param name="InfoHash">Lowercase hex, 40 digits.</param>
/// <param name="DoneBytes">Of what is wanted, checked by the client.</param>
/// <param name="SizeBytes">Of what is wanted; 0 while the description is missing.</param>
/// <param name="DownloadedBytes">Ever received; it never falls but where the client forgot.</param>
/// <param name="AddedMs">When the client got the torrent; Unix milliseconds.</param>
/// <param name="AtMs">When the client said so; Unix milliseconds.</param>
public sealed record TorrentSample(
    string InfoHash, TorrentActivity Activity, long DoneBytes, long SizeBytes, long DownloadedBytes, long AddedMs,
    long AtMs)
{
    /// <summary>As the torrent's description says; unknown while it is missing.</summary>
    public Privacy Privacy { get; init; }

    /// <summary>It bears the label <c>anarchive</c>.</summary>
    public bool IsLabelled { get; init; }

    /// <summary>Of the wanted bytes, those that this machine or a connected peer has; null where nobody says.</summary>
    public int? AvailablePermille { get; init; }

    /// <summary>Seeds by the last scrape or announce that succeeded; null where no tracker told.</summary>
    public int? Seeds { get; init; }

    public bool HasTracker { get; init; }

    /// <summary>The first tracker's host.</summary>
    public string? TrackerHost { get; init; }

    /// <summary>Of all its trackers; <see cref="Fleet.TrackerHost.Unknown"/> for one that cannot be read.</summary>
    public IReadOnlyList<string> TrackerHosts { get; init; } = [];

    public TrackerWord Word { get; init; }

    /// <summary>How much of it is there, rounded down: 1000 means all.</summary>
    public int CompletePermille =>
        SizeBytes <= 0 ? 0 : (int)Int128.Clamp((Int128)DoneBytes * 1000 / SizeBytes, 0, 1000);

    public bool IsComplete => SizeBytes > 0 && DoneBytes >= SizeBytes;
}
