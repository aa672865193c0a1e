namespace Anarchive.Node;

/// <summary>What a client does with a torrent.</summary>
public enum TorrentState
{
    /// <summary>Reads what is there of the file.</summary>
    Checking,

    Fetching,

    /// <summary>All of it is there, and given to whoever asks.</summary>
    Seeding,

    /// <summary>Neither fetched nor given.</summary>
    Stopped,

    /// <summary>The client says that it cannot go on.</summary>
    Failed,
}

/// <summary>A torrent of ours, as its client sees it.</summary>
/// <param name="DoneBytes">Of the file, which the client checked.</param>
public sealed record TorrentStatus(Hash160 InfoHash, TorrentState State, long DoneBytes);

/// <summary>A torrent to be added.</summary>
/// <param name="Folder">Where its file is, or is to be; absolute.</param>
/// <param name="Announce">A tracker on this machine; null for none.</param>
/// <param name="WebSeeds">Addresses of the file on this machine.</param>
public sealed record TorrentOrder(
    Metainfo What, string Folder, string? Announce, IReadOnlyList<string> WebSeeds)
{
    /// <summary>The description as the client reads it.</summary>
    public byte[] Torrent => What.ForClient(Announce, WebSeeds);
}

/// <summary>A torrent client that this node drives.</summary>
/// <remarks>
/// It may be its owner's and hold other torrents: those that do not bear our label are neither listed nor touched. No
/// call deletes a file. Every call throws <see cref="CarrierException"/>: <c>client_unreachable</c> where nobody
/// answers, <c>client_refused</c> for any answer but the one that was asked for.
/// </remarks>
public interface ITorrentClient : IDisposable
{
    /// <summary>Where it takes connections of other clients, on its own machine; null where it does not tell.</summary>
    Task<int?> PeerPortAsync(CancellationToken cancellation);

    /// <summary>Starts a torrent under our label; what is in its folder already is checked first.</summary>
    /// <exception cref="CarrierException"><c>torrent_not_ours</c>: the client's owner added it.</exception>
    Task AddAsync(TorrentOrder order, CancellationToken cancellation);

    /// <summary>Null where the client has none of that name with our label.</summary>
    Task<TorrentStatus?> FindAsync(Hash160 ih, CancellationToken cancellation);

    /// <summary>Those with our label.</summary>
    Task<IReadOnlyList<TorrentStatus>> ListAsync(CancellationToken cancellation);

    /// <summary>Takes a torrent of ours out of the client; false where it has none. Its file stays.</summary>
    Task<bool> RemoveAsync(Hash160 ih, CancellationToken cancellation);
}
