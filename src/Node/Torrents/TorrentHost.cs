using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>The torrent client that the owner chose, if any: started, started again, and told what to seed.</summary>
public sealed class TorrentHost(
    NodeOptions options, DataDirectory directory, BlobShelf shelf, LocalAddress local, TimeProvider time,
    ILogger<TorrentHost> log) : BackgroundService
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SilentMax = TimeSpan.FromMinutes(2);

    private readonly HashSet<Hash160> _seeded = [];
    private volatile ITorrentClient? _client;
    private volatile TransmissionDaemon? _daemon;

    /// <summary>Null where none was chosen, or while it does not run.</summary>
    public ITorrentClient? Client => _client;

    /// <summary>Where the client takes connections, on 127.0.0.1; null while that is not known.</summary>
    public Task<int?> PeerPortAsync(CancellationToken cancellation) =>
        _daemon is { } daemon
            ? Task.FromResult<int?>(daemon.PeerPort)
            : AskAsync(client => client.PeerPortAsync(cancellation));

    /// <summary>True where the client has a torrent of ours by that name, and can use it.</summary>
    public async Task<bool> HasAsync(Hash160 ih, CancellationToken cancellation) =>
        await AskAsync(client => client.FindAsync(ih, cancellation)) is { } there && there.State != TorrentState.Failed;

    /// <summary>The node's own client as a process; null where it does not run, or is somebody else's.</summary>
    internal int? ProcessId => _daemon?.ProcessId;

    /// <summary>Has the client give a file of the shelf to others; false where either is not there.</summary>
    /// <remarks>A client that is started again is told so again, as long as this process runs.</remarks>
    /// <exception cref="CarrierException">The client's.</exception>
    public async Task<bool> SeedAsync(Hash160 ih, CancellationToken cancellation)
    {
        if (_client is not { } client || shelf.PathOf(ih) is null) return false;
        lock (_seeded) _seeded.Add(ih);
        await client.AddAsync(Order(shelf.Find(ih)!, shelf.FolderOf(ih)), cancellation);
        return true;
    }

    /// <summary>Has the client forget a file; false where it has not got it. The file stays on the shelf.</summary>
    /// <exception cref="CarrierException">The client's.</exception>
    public async Task<bool> ForgetAsync(Hash160 ih, CancellationToken cancellation)
    {
        lock (_seeded) _seeded.Remove(ih);
        return _client is { } client && await client.RemoveAsync(ih, cancellation);
    }

    /// <summary>
    /// Has the client fetch a file from the web seed and whoever is joined to it, into a folder of the client's own;
    /// the shelf takes it over from there.
    /// </summary>
    /// <remarks>A client that ends meanwhile is waited for: it goes on where it was.</remarks>
    /// <exception cref="CarrierException">
    /// The client's; <c>client_failed</c> where it gives up on the file, or does not run for two minutes.
    /// </exception>
    public async Task FetchAsync(
        Metainfo what, Anarchive.Log.Hash256? sha256, IProgress<FetchProgress>? progress,
        CancellationToken cancellation)
    {
        if (_client is null) throw NoClient();
        shelf.Describe(what);
        var folder = Path.Combine(directory.Root, "torrents", what.InfoHash.ToString());
        DataDirectory.CreatePrivate(folder);
        // Once at the client, and once more on the shelf.
        if (!shelf.HasRoom(2 * what.Length)) throw CarrierException.NoRoom();
        var heard = time.GetTimestamp();
        using var looks = new PeriodicTimer(LookEvery, time);
        while (true)
        {
            try
            {
                if (_client is { } client)
                {
                    if (await LookAsync(client, Order(what, folder), progress, cancellation)) break;
                    heard = time.GetTimestamp();
                }
            }
            catch (CarrierException gone) when (gone.Code == "client_unreachable")
            {
                NodeLog.ClientFailed(log, gone.Code);
            }

            if (time.GetElapsedTime(heard) > SilentMax) throw NoClient();
            await looks.WaitForNextTickAsync(cancellation);
        }

        await shelf.PutAsync(what, Path.Combine(folder, what.Name), sha256, cancellation);
        if (_client is { } done) await done.RemoveAsync(what.InfoHash, cancellation);
        Directory.Delete(folder, recursive: true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (TorrentClientChoice.TryParse(options.TorrentClient) is not { } choice) return;
        if (!choice.IsOwn)
        {
            using var client = choice.Open();
            _client = client;
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _client = null;
            return;
        }

        var wait = FirstWait;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var started = time.GetTimestamp();
                await RunAsync(stoppingToken);
                // One that ran for a while failed for another reason than one that does not start.
                if (time.GetElapsedTime(started) > LongestWait) wait = FirstWait;
            }
            catch (CarrierException failed)
            {
                NodeLog.ClientFailed(log, failed.Code);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    /// <summary>True once the client has the whole file; it is given the torrent where it has not got it.</summary>
    private static async Task<bool> LookAsync(
        ITorrentClient client, TorrentOrder order, IProgress<FetchProgress>? progress,
        CancellationToken cancellation)
    {
        var what = order.What;
        if (await client.FindAsync(what.InfoHash, cancellation) is not { } status)
        {
            await client.AddAsync(order, cancellation);
            return false;
        }

        progress?.Report(new FetchProgress(
            (int)(status.DoneBytes / what.PieceLength), what.PieceCount, status.DoneBytes, what.Length));
        return status.State == TorrentState.Failed ? throw NoClient() : status.State == TorrentState.Seeding;
    }

    private static CarrierException NoClient() =>
        new("client_failed", "The torrent client does not run, or gave up on this file.");

    /// <summary>Null where there is no client, or it does not answer.</summary>
    private async Task<T?> AskAsync<T>(Func<ITorrentClient, Task<T?>> ask)
    {
        try
        {
            return _client is { } client ? await ask(client) : default;
        }
        catch (CarrierException silent)
        {
            NodeLog.ClientFailed(log, silent.Code);
            return default;
        }
    }

    private TorrentOrder Order(Metainfo what, string folder) =>
        new(what, folder, local.Announce, local.WebSeed(what) is { } seed ? [seed] : []);

    private async Task RunAsync(CancellationToken cancellation)
    {
        await using var daemon = await TransmissionDaemon.StartAsync(
            Path.Combine(directory.Root, "transmission"), cancellation);
        NodeLog.ClientStarted(log);
        (_daemon, _client) = (daemon, daemon.Client);
        try
        {
            Hash160[] seeded;
            lock (_seeded) seeded = [.. _seeded];
            foreach (var ih in seeded) await SeedAsync(ih, cancellation);
            await daemon.Ended.WaitAsync(cancellation);
        }
        finally
        {
            (_daemon, _client) = (null, null);
        }

        NodeLog.ClientEnded(log);
    }
}
