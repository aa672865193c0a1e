using System.Security.Cryptography;
using Anarchive.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>The torrent client that the owner chose, if any: started, started again, and told what to seed.</summary>
public sealed class TorrentHost(
    NodeOptions options, DataDirectory directory, BlobShelf shelf, LocalAddress local, TimeProvider time,
    ILogger<TorrentHost> log) : BackgroundService
{
    private static readonly TimeSpan RanWell = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);
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

    /// <summary>What the client does with a torrent of ours; null where it has none, or does not run.</summary>
    /// <exception cref="CarrierException">The client's.</exception>
    internal async Task<TorrentStatus?> FindAsync(Hash160 ih, CancellationToken cancellation) =>
        _client is { } client ? await client.FindAsync(ih, cancellation) : null;

    /// <summary>The node's own client as a process; null where it does not run, or is somebody else's.</summary>
    internal int? ProcessId => _daemon?.ProcessId;

    /// <summary>Opens a client that its owner runs.</summary>
    internal Func<TorrentClientChoice, ITorrentClient> Open { get; init; } = choice => choice.Open();

    /// <summary>Has the client give a file of the shelf to others; false where either is not there.</summary>
    /// <remarks>
    /// A client that is not there yet, was started again, or forgot the file is told later, as long as this process
    /// runs.
    /// </remarks>
    /// <exception cref="CarrierException">The client's.</exception>
    public async Task<bool> SeedAsync(Hash160 ih, CancellationToken cancellation)
    {
        if (shelf.PathOf(ih) is null) return false;
        lock (_seeded) _seeded.Add(ih);
        return _client is { } client && await GiveAsync(client, ih, cancellation);
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
    /// The client's; <c>client_failed</c> where it gives up on the file, or does not run; <c>no_source</c> where it
    /// gets nothing for two minutes: what came stays, and the next call goes on. <c>blob_mismatch</c>: nothing stays.
    /// </exception>
    public async Task FetchAsync(
        Metainfo what, Hash256? sha256, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        if (_client is null) throw NoClient();
        shelf.Describe(what);
        var folder = Path.Combine(directory.Root, "torrents", what.InfoHash.ToString());
        DataDirectory.CreatePrivate(folder);
        // Once at the client, and once more on the shelf.
        if (!shelf.HasRoom(2 * what.Length)) throw CarrierException.NoRoom();
        await HaveFetchedAsync(Order(what, folder), progress, cancellation);
        try
        {
            await shelf.PutAsync(what, Path.Combine(folder, what.Name), sha256, cancellation);
        }
        catch (CarrierException wrong) when (wrong.Code == "blob_mismatch")
        {
            // A client that kept it would give it to others, and to this node the next time.
            await ClearAsync(what, folder, cancellation);
            throw;
        }

        await ClearAsync(what, folder, cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (TorrentClientChoice.TryParse(options.TorrentClient) is not { } choice) return;
        try
        {
            if (choice.IsOwn) await KeepRunningAsync(stoppingToken);
            else await KeepTellingAsync(choice, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>Returns once the client has the whole file.</summary>
    private async Task HaveFetchedAsync(
        TorrentOrder order, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        var (done, state, came) = (0L, (TorrentState?)null, time.GetTimestamp());
        using var looks = new PeriodicTimer(LookEvery, time);
        while (true)
        {
            var answers = false;
            try
            {
                if (_client is { } client)
                {
                    var status = await LookAsync(client, order, progress, cancellation);
                    if (status?.State == TorrentState.Seeding) return;
                    // That it answers is not enough: nobody may ever give what is missing.
                    if (status?.State != state || status?.DoneBytes > done) came = time.GetTimestamp();
                    (state, done) = (status?.State, Math.Max(done, status?.DoneBytes ?? 0));
                    answers = true;
                }
            }
            catch (CarrierException gone) when (gone.Code == "client_unreachable")
            {
                NodeLog.ClientFailed(log, gone.Code);
            }

            if (time.GetElapsedTime(came) > SilentMax) throw answers ? CarrierException.NoSource() : NoClient();
            await looks.WaitForNextTickAsync(cancellation);
        }
    }

    private async Task ClearAsync(Metainfo what, string folder, CancellationToken cancellation)
    {
        if (_client is { } client) await client.RemoveAsync(what.InfoHash, cancellation);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>How far the client is; null where it had not got the torrent, which it is given then.</summary>
    private static async Task<TorrentStatus?> LookAsync(
        ITorrentClient client, TorrentOrder order, IProgress<FetchProgress>? progress,
        CancellationToken cancellation)
    {
        var what = order.What;
        if (await client.FindAsync(what.InfoHash, cancellation) is not { } status)
        {
            await client.AddAsync(order, cancellation);
            return null;
        }

        progress?.Report(new FetchProgress(
            (int)(status.DoneBytes / what.PieceLength), what.PieceCount, status.DoneBytes, what.Length));
        return status.State == TorrentState.Failed ? throw NoClient() : status;
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

    /// <summary>Starts the node's own client again whenever it ends.</summary>
    private async Task KeepRunningAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff();
        while (true)
        {
            var started = time.GetTimestamp();
            try
            {
                await RunAsync(cancellation);
            }
            catch (CarrierException failed)
            {
                NodeLog.ClientFailed(log, failed.Code);
            }

            // One that ran for a while failed for another reason than one that does not start.
            if (time.GetElapsedTime(started) > RanWell) backoff.Clear();
            var dice = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
            await Task.Delay(TimeSpan.FromMilliseconds(backoff.Fail(dice)), time, cancellation);
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        await using var daemon = await TransmissionDaemon.StartAsync(
            Path.Combine(directory.Root, "transmission"), cancellation);
        NodeLog.ClientStarted(log);
        (_daemon, _client) = (daemon, daemon.Client);
        try
        {
            await TellAsync(daemon.Client, cancellation);
            await daemon.Ended.WaitAsync(cancellation);
        }
        finally
        {
            (_daemon, _client) = (null, null);
        }

        NodeLog.ClientEnded(log);
    }

    /// <summary>Tells a client that its owner starts and ends what it may have forgotten.</summary>
    private async Task KeepTellingAsync(TorrentClientChoice choice, CancellationToken cancellation)
    {
        using var client = Open(choice);
        _client = client;
        try
        {
            using var looks = new PeriodicTimer(TellEvery, time);
            while (await looks.WaitForNextTickAsync(cancellation))
            {
                try
                {
                    await TellAsync(client, cancellation);
                }
                catch (CarrierException silent)
                {
                    NodeLog.ClientFailed(log, silent.Code);
                }
            }
        }
        finally
        {
            _client = null;
        }
    }

    /// <summary>Has a client seed what it should and has not got.</summary>
    private async Task TellAsync(ITorrentClient client, CancellationToken cancellation)
    {
        Hash160[] seeded;
        lock (_seeded) seeded = [.. _seeded];
        if (seeded.Length == 0) return;
        var there = (await client.ListAsync(cancellation)).Select(t => t.InfoHash).ToHashSet();
        foreach (var ih in seeded.Where(ih => !there.Contains(ih)))
        {
            try
            {
                await GiveAsync(client, ih, cancellation);
            }
            catch (CarrierException refused) when (refused.Code != "client_unreachable")
            {
                // The others may do.
                NodeLog.ClientFailed(log, refused.Code);
            }
        }
    }

    /// <summary>False where it is not to be seeded any more, or not here.</summary>
    private async Task<bool> GiveAsync(ITorrentClient client, Hash160 ih, CancellationToken cancellation)
    {
        lock (_seeded)
            if (!_seeded.Contains(ih)) return false;
        if (shelf.Find(ih) is not { } what || shelf.PathOf(ih) is null) return false;
        await client.AddAsync(Order(what, shelf.FolderOf(ih)), cancellation);
        return true;
    }
}
