using System.Collections.Concurrent;
using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Where a copy that was asked for stands.</summary>
/// <param name="State"><c>waiting</c>, <c>running</c>, <c>done</c> or <c>cancelled</c>.</param>
/// <param name="Code">Why it did not come at the last try; it is tried again while it waits.</param>
public sealed record CopyView(
    ItemId Item, VolumeId Volume, NodeId? Source, string State, string? Code, CopyProgress Progress);

/// <summary>Devices of this fleet that may have an item, those to be asked first first; without this one.</summary>
public delegate IReadOnlyList<NodeId> CopySourcesOf(ItemId item);

/// <summary>
/// Copies that were asked for, one after the other. What was asked for stays so over a restart, and is tried again
/// until it came or was cancelled.
/// </summary>
public sealed class CopyDesk(
    Database database, Volumes volumes, CopyPull pull, RsyncPull rsync, SwarmPull swarm,
    PeerClient client, SshBook ways, CopySourcesOf sourcesOf, FleetBook book, HoldingPost post, CacheNews news,
    TimeProvider time, IHostApplicationLifetime lifetime, ILogger<CopyDesk> log) : BackgroundService
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(ItemId, VolumeId), CopyProgress> _progress = new();
    private readonly ConcurrentDictionary<(ItemId, VolumeId), CancellationTokenSource> _running = new();
    private readonly SemaphoreSlim _due = new(0, 1);

    /// <summary>All that were asked for, newest last.</summary>
    public IReadOnlyList<CopyView> All() => Rows("1", new { });

    /// <summary>Those of some items.</summary>
    internal IReadOnlyList<CopyView> Of(IReadOnlyCollection<ItemId> items) =>
        Rows("item IN @items", new { items = items.Select(StoreRows.Blob).ToArray() });

    /// <summary>How far it has come by now.</summary>
    internal CopyProgress ProgressOf(CopyView copy) => _progress.GetValueOrDefault((copy.Item, copy.Volume));

    /// <summary>
    /// Asks for a copy; the same again tries again. Durable when it returns.
    /// </summary>
    /// <param name="volume">Null for the volume with the most room.</param>
    /// <param name="source">Null for whichever device has it.</param>
    /// <returns>The copy, or <c>not_found</c>, <c>no_volume</c>, or why the volume is absent.</returns>
    public async Task<(CopyView? Copy, Problem? Problem)> AskAsync(
        ItemId item, VolumeId? volume, NodeId? source, CancellationToken cancellation)
    {
        var sight = volume is { } named
            ? volumes.Look(named)
            : volumes.All.Select(v => volumes.Look(v.Id)!).Where(s => s.IsPresent)
                .OrderByDescending(s => s.RoomBytes).FirstOrDefault();
        if (sight is null)
            return (null, volume is null
                ? new Problem("no_volume", 409, "No volume of this device is there: add one with fleet volume add.")
                : Problem.NotFound("volume"));
        if (sight.Absence is { } absence) return (null, new Problem(absence, 409, "That volume is not there now."));
        var id = sight.Volume.Id;
        await news.WriteAsync(
            item,
            db => db.Execute(
                """
                INSERT INTO store_copies (item, volume, source, state, asked_ms)
                VALUES (@item, @volume, @source, 'waiting', @nowMs)
                ON CONFLICT (item, volume) DO UPDATE SET state = 'waiting', code = NULL, source = @source
                """,
                new
                {
                    item = StoreRows.Blob(item),
                    volume = id.ToString(),
                    source = source?.Value.ToArray(),
                    nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
                }),
            cancellation);
        Wake();
        return (Find(item, id), null);
    }

    /// <summary>Ends it; what came stays on the volume. False where there is none that waits or runs.</summary>
    public async Task<bool> CancelAsync(ItemId item, VolumeId volume, CancellationToken cancellation)
    {
        if (Find(item, volume) is not { State: CopyStates.Waiting or CopyStates.Running }) return false;
        await NoteAsync(item, volume, CopyStates.Cancelled, null, cancellation);
        if (_running.TryGetValue((item, volume), out var running)) await running.CancelAsync();
        return true;
    }

    public override void Dispose()
    {
        _due.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        await using var again = time.CreateTimer(_ => Wake(), null, AgainAfter, AgainAfter);
        try
        {
            while (true)
            {
                foreach (var copy in Rows("state IN ('waiting', 'running')", new { }))
                    await RunAsync(copy, stoppingToken);
                await _due.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task RunAsync(CopyView copy, CancellationToken stopping)
    {
        var key = (copy.Item, copy.Volume);
        using var one = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _running[key] = one;
        try
        {
            if (Find(copy.Item, copy.Volume) is not { State: CopyStates.Waiting or CopyStates.Running }) return;
            await NoteAsync(copy.Item, copy.Volume, CopyStates.Running, null, one.Token);
            await FetchAsync(copy, one.Token);
            await NoteAsync(copy.Item, copy.Volume, CopyStates.Done, null, stopping);
            await post.TellAsync(stopping);
        }
        catch (CarrierException failed)
        {
            await FailAsync(copy, failed.Code, stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await FailAsync(copy, ReleaseCodes.DiskRefused, stopping);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Cancelled by its owner, which is noted.
        }
        finally
        {
            _running.TryRemove(key, out _);
            _progress.TryRemove(key, out _);
        }
    }

    private async Task FetchAsync(CopyView copy, CancellationToken cancellation)
    {
        var nodes = copy.Source is { } one ? [one] : sourcesOf(copy.Item);
        var sources = nodes.Select(n => new ItemSource(n, () => client.Items(n))).ToList();
        var progress = new Reported(p => _progress[(copy.Item, copy.Volume)] = p);
        try
        {
            await pull.FetchAsync(
                copy.Item, copy.Volume, [.. sources.Where(s => IsServedByHttp(s.Node))], progress, cancellation);
        }
        catch (CarrierException none) when (none.Code == "no_source")
        {
            // What does not come by ranges may come by ssh, where the owner said how.
            foreach (var source in sources.Where(s => ways.Find(s.Node) is not null))
                try
                {
                    await rsync.FetchAsync(copy.Item, copy.Volume, source, cancellation);
                    return;
                }
                catch (PeerException gone)
                {
                    NodeLog.PieceNotGiven(log, source.Node, gone.Code);
                }
                catch (CarrierException broken) when (broken.Code is "no_source" or "blob_mismatch"
                    && swarm.HasSource(copy.Item))
                {
                    NodeLog.PieceNotGiven(log, source.Node, broken.Code);
                }

            // And last from who runs no node at all, for public items.
            if (copy.Source is not null || !swarm.HasSource(copy.Item)) throw;
            await swarm.FetchAsync(copy.Item, copy.Volume, progress, cancellation);
        }
    }

    /// <summary>A device that says how it is to be reached is reached so.</summary>
    private bool IsServedByHttp(NodeId node) => book.Read(state =>
        !state.Devices.TryGetValue(DeviceId.Of(node), out var device)
        || device.Transports.Count == 0 || device.Transports.Contains("http"));

    private Task FailAsync(CopyView copy, string code, CancellationToken cancellation)
    {
        NodeLog.CopyFailed(log, copy.Item.ToString(), code);
        return NoteAsync(copy.Item, copy.Volume, CopyStates.Waiting, code, cancellation);
    }

    /// <summary>What was cancelled stays so, whatever comes of a try under way.</summary>
    private Task NoteAsync(
        ItemId item, VolumeId volume, string state, string? code, CancellationToken cancellation) =>
        news.WriteAsync(
            item,
            db => db.Execute(
                """
                UPDATE store_copies SET state = @state, code = @code
                WHERE item = @item AND volume = @volume AND state <> 'cancelled'
                """,
                new { item = StoreRows.Blob(item), volume = volume.ToString(), state, code }),
            cancellation);

    private CopyView? Find(ItemId item, VolumeId volume) => Rows(
        "item = @item AND volume = @volume", new { item = StoreRows.Blob(item), volume = volume.ToString() })
        .FirstOrDefault();

    private List<CopyView> Rows(string where, object with)
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(byte[] Item, string Volume, byte[]? Source, string State, string? Code)>(
                $"SELECT item, volume, source, state, code FROM store_copies WHERE {where} ORDER BY asked_ms, item",
                with)
                .Select(r => (Item: StoreRows.Item(r.Item), Volume: StoreRows.Volume(r.Volume), Row: r))
                .Select(r => new CopyView(
                    r.Item, r.Volume, r.Row.Source is { } node ? new NodeId(new Hash256(node)) : null, r.Row.State,
                    r.Row.Code, _progress.GetValueOrDefault((r.Item, r.Volume)))),
        ];
    }

    private void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of them; none is taken while the node stops.
        }
    }

    /// <summary>On the thread that reports, so that what is shown is the latest.</summary>
    private sealed class Reported(Action<CopyProgress> take) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value) => take(value);
    }
}
