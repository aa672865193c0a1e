namespace Anarchive.Node;

/// <summary>A file of a torrent where its client keeps it, or is to.</summary>
/// <param name="FullPath">On this machine; it never leaves the node.</param>
/// <param name="SizeBytes">As the torrent describes it.</param>
/// <param name="IsComplete">The client checked every byte of it.</param>
public sealed record TorrentFile(string FullPath, long SizeBytes, bool IsComplete)
{
    /// <summary>Where the client keeps what it has of it, while that is not all.</summary>
    public string PartPath { get; init; } = FullPath;

    /// <summary>False where its owner does not have the client fetch it.</summary>
    public bool IsWanted { get; init; } = true;
}

/// <summary>What a torrent of a client consists of.</summary>
/// <param name="InfoHash">As the client names it, 40 digits: of a version 2 torrent, the first of its hash.</param>
/// <param name="InfoHashV1">Null where it is of version 2 alone.</param>
/// <param name="InfoHashV2">64 digits; null where the client does not tell, or it is of version 1 alone.</param>
/// <param name="Files">In the torrent's own order; none while its description is missing.</param>
public sealed record TorrentContent(
    string InfoHash, string? InfoHashV1, string? InfoHashV2, IReadOnlyList<TorrentFile> Files)
{
    /// <summary>The folders on this machine in which the client keeps it; they never leave the node.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];
}

/// <summary>
/// A client that tells where the files of its torrents lie, whosever torrents they are, and fetches a torrent by its
/// info hash alone, and of its files those that are wanted.
/// </summary>
/// <remarks>Throws as <see cref="ITorrentClient"/> does.</remarks>
public interface ITorrentContents
{
    /// <param name="infoHash">Null for every torrent.</param>
    Task<IReadOnlyList<TorrentContent>> ContentsAsync(string? infoHash, CancellationToken cancellation);

    /// <summary>A torrent's description, to check its pieces by; null where the client gives none.</summary>
    Task<TorrentDescription?> DescriptionAsync(string infoHash, CancellationToken cancellation);

    /// <summary>Starts it under our label and without a tracker. Its description comes from peers (BEP 9).</summary>
    /// <param name="folder">Where its files are to be; absolute.</param>
    /// <exception cref="CarrierException"><c>torrent_in_client</c>: it has that torrent already.</exception>
    Task AddMagnetAsync(Hash160 ih, string folder, CancellationToken cancellation);

    /// <summary>Has it fetch no other files.</summary>
    /// <param name="indexes">In its list.</param>
    /// <param name="count">Files of the torrent.</param>
    Task WantAsync(Hash160 ih, IReadOnlyCollection<int> indexes, int count, CancellationToken cancellation);
}
