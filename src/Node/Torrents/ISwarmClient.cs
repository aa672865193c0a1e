namespace Anarchive.Node;

/// <summary>A client that fetches a torrent by its info hash alone, and of its files those that are wanted.</summary>
/// <remarks>Throws as <see cref="ITorrentClient"/> does.</remarks>
public interface ISwarmClient : ITorrentContents
{
    /// <summary>Starts it under our label and without a tracker. Its description comes from peers (BEP 9).</summary>
    /// <param name="folder">Where its files are to be; absolute.</param>
    /// <exception cref="CarrierException"><c>torrent_in_client</c>: it has that torrent already.</exception>
    Task AddMagnetAsync(Hash160 ih, string folder, CancellationToken cancellation);

    /// <summary>Has it fetch no other files.</summary>
    /// <param name="indexes">In its list.</param>
    /// <param name="count">Files of the torrent.</param>
    Task WantAsync(Hash160 ih, IReadOnlyCollection<int> indexes, int count, CancellationToken cancellation);
}
