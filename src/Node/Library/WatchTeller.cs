using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Tells the fleet, now and then, what is watched on this device.</summary>
public sealed class WatchTeller(
    WatchBook watched, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WatchTeller> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        using var timer = new PeriodicTimer(Pause, time);
        string? code = null;
        do
        {
            try
            {
                var problem = await watched.TellAsync(stoppingToken);
                // Told once, not every five seconds.
                if (problem is not null && problem.Code != code) NodeLog.ViewingNotTold(log, problem.Code);
                code = problem?.Code;
            }
            catch (SqliteException)
            {
                NodeLog.ViewingNotTold(log, "database");
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
