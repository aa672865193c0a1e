using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks at watched folders every quarter of an hour, and hashes what is new or due in between.</summary>
/// <remarks>
/// What is missing counts at these looks alone. Others come when somebody asks, or once what was just written has had
/// the time to be whole.
/// </remarks>
public sealed class StoreLoop(
    ItemStore store, HashWork hashing, Quarantine quarantine, HoldingPost post, ClientFiles torrents,
    TimeProvider time, IHostApplicationLifetime lifetime, ILogger<StoreLoop> log) : BackgroundService
{
    private static readonly TimeSpan ScanEvery = TimeSpan.FromMinutes(15);

    private readonly SemaphoreSlim _due = new(0, 1);
    private int _counts = 1;

    /// <summary>Has folders looked at, and what is found hashed and told, now.</summary>
    public void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of scans; none is taken while the node stops.
        }
    }

    public override void Dispose()
    {
        _due.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            await TryAsync(() => quarantine.RecoverAsync(stoppingToken), stoppingToken);
            await using var again = time.CreateTimer(_ => WakeToCount(), null, ScanEvery, ScanEvery);
            await using var settled = time.CreateTimer(
                _ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            while (true)
            {
                var begun = time.GetTimestamp();
                await TryAsync(async () =>
                {
                    // What the client still fetches is not read before it is whole.
                    await torrents.LookAsync(stoppingToken);
                    var missing = Interlocked.Exchange(ref _counts, 0) == 1 ? Missing.Counts : Missing.Waits;
                    var scans = await store.ScanAsync(missing, stoppingToken);
                    if (scans.Any(s => s.Settling > 0))
                        settled.Change(ItemStore.SettleFor, Timeout.InfiniteTimeSpan);
                    while (time.GetElapsedTime(begun) < ScanEvery && await hashing.NextAsync(stoppingToken))
                        await post.TellAsync(stoppingToken);
                    await post.TellAsync(stoppingToken);
                }, stoppingToken);
                await _due.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void WakeToCount()
    {
        Interlocked.Exchange(ref _counts, 1);
        Wake();
    }

    /// <summary>A disk that refuses now may not at the next look.</summary>
    private Task TryAsync(Func<Task> act, CancellationToken stopping) =>
        Round.TryAsync(act, _ => NodeLog.FileNotRead(log), log, stopping);
}
