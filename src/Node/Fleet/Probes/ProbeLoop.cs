using Anarchive.Fleet;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Watches the fleet's devices every five minutes.</summary>
internal sealed class ProbeLoop(
    ProbeRound round, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ProbeLoop> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(ReachabilityTrack.ProbeMs);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            while (true)
            {
                // The first look waits as well: peers are being greeted meanwhile.
                await Task.Delay(Every, time, stoppingToken);
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>A disk that refuses now may not at the next round.</summary>
    private async Task TryAsync(CancellationToken stopping)
    {
        try
        {
            await round.RunAsync(stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            NodeLog.ProbesFailed(log);
        }
    }
}
