using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>A client whose torrents can be judged, and helped where they bear our label.</summary>
/// <remarks>
/// Throws as <see cref="ITorrentClient"/> does. What it returns holds neither a path nor an announce URL. No call
/// touches a torrent without our label, and none deletes a file.
/// </remarks>
public interface IWatchedClient
{
    /// <summary>Its program and version, as <c>Transmission 4.0.6</c>.</summary>
    Task<string> VersionAsync(CancellationToken cancellation);

    /// <summary>Every torrent, whosever it is.</summary>
    /// <param name="nowMs">Unix milliseconds, as the time of each sample.</param>
    Task<IReadOnlyList<TorrentSample>> WatchAsync(long nowMs, CancellationToken cancellation);

    /// <summary>What a torrent of ours is called; null where it has none by that hash.</summary>
    Task<string?> NameAsync(Hash160 ih, CancellationToken cancellation);

    /// <summary>Has it ask its trackers for peers now; false where it has no such torrent of ours.</summary>
    Task<bool> ReannounceAsync(Hash160 ih, CancellationToken cancellation);

    /// <summary>Has it read its files and compare them; false where it has no such torrent of ours.</summary>
    Task<bool> VerifyAsync(Hash160 ih, CancellationToken cancellation);

    /// <summary>Has it fetch and give again; false where it has no such torrent of ours.</summary>
    Task<bool> StartAsync(Hash160 ih, CancellationToken cancellation);

    /// <summary>Has it neither fetch nor give; false where it has no such torrent of ours. Its files stay.</summary>
    Task<bool> StopAsync(Hash160 ih, CancellationToken cancellation);
}
