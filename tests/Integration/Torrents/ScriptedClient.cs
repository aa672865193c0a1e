using System.Collections.Concurrent;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>A torrent client that gets on with its torrents only as a test says.</summary>
internal sealed class ScriptedClient : ITorrentClient
{
    private readonly ConcurrentDictionary<Hash160, TorrentOrder> _torrents = new();
    private int _looks;

    /// <summary>What it says of every torrent it has.</summary>
    public (TorrentState State, long DoneBytes) Progress { get; set; } = (TorrentState.Fetching, 0);

    /// <summary>False while nobody answers.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>How often it was asked for a torrent.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>What it has.</summary>
    public IReadOnlyCollection<Hash160> Torrents => [.. _torrents.Keys];

    /// <summary>Where it was told to have that torrent's file.</summary>
    public string FolderOf(Hash160 ih) => _torrents[ih].Folder;

    /// <summary>As aria2 does when it ends.</summary>
    public void ForgetAll() => _torrents.Clear();

    public Task<int?> PeerPortAsync(CancellationToken cancellation) => Task.FromResult<int?>(null);

    public Task AddAsync(TorrentOrder order, CancellationToken cancellation)
    {
        NeedUp();
        _torrents[order.What.InfoHash] = order;
        return Task.CompletedTask;
    }

    public Task<TorrentStatus?> FindAsync(Hash160 ih, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _looks);
        NeedUp();
        return Task.FromResult(_torrents.ContainsKey(ih) ? Status(ih) : null);
    }

    public Task<IReadOnlyList<TorrentStatus>> ListAsync(CancellationToken cancellation)
    {
        NeedUp();
        return Task.FromResult<IReadOnlyList<TorrentStatus>>([.. _torrents.Keys.Select(Status)]);
    }

    public Task<bool> RemoveAsync(Hash160 ih, CancellationToken cancellation)
    {
        NeedUp();
        return Task.FromResult(_torrents.TryRemove(ih, out _));
    }

    public void Dispose()
    {
    }

    private TorrentStatus Status(Hash160 ih) => new(ih, Progress.State, Progress.DoneBytes);

    private void NeedUp()
    {
        if (!IsUp) throw new CarrierException("client_unreachable", "The torrent client does not answer.");
    }
}
