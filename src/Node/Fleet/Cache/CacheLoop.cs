using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks after the cache every five minutes, and after each act of its owner.</summary>
internal sealed class CacheLoop(CacheWork work, IHostApplicationLifetime lifetime, ILogger<CacheLoop> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            while (true)
            {
                await work.WaitAsync(Every, stoppingToken);
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>A disk that refuses now may not at the next look.</summary>
    private Task TryAsync(CancellationToken stopping) =>
        Round.TryAsync(() => work.RunAsync(stopping), _ => NodeLog.CacheFailed(log), log, stopping);
}
