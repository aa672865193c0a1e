using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What Net does with every full hour: takes back what became sensitive, and writes what waits.</summary>
internal sealed class PartUpkeep(
    Retractions retractions, ObservationQueue queue, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<PartUpkeep> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            await OnDiskAsync(async () => await retractions.SweepAsync());
            while (true)
            {
                // Observations of this hour say this hour, so the batch may only come after it.
                var now = time.GetUtcNow();
                var next = now.AddHours(1);
                next = next.AddTicks(-(next.Ticks % TimeSpan.TicksPerHour));
                await Task.Delay(next - now, time, stoppingToken);
                await OnDiskAsync(async () =>
                {
                    await retractions.SweepAsync();
                    await queue.FlushAsync(null, stoppingToken);
                });
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>A disk that cannot be read now is no reason to stop the node: the next hour looks again.</summary>
    private async Task OnDiskAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            NodeLog.PartsNotRead(log, e);
        }
    }
}
