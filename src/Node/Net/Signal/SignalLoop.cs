using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Sends reports that are due, counts weeks that are over, leaves groups that are not what was said.</summary>
internal sealed class SignalLoop(
    ReportPost post, Aggregator aggregator, TotalsDesk desk, TotalsBook totals, Sharing sharing, NodeOptions options,
    TimeProvider time, IHostApplicationLifetime lifetime, ILogger<SignalLoop> log) : BackgroundService
{
    private bool _isPublished;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            while (true)
            {
                await LookAsync(stoppingToken);
                await Task.Delay(TimeSpan.FromSeconds(options.HeartbeatSeconds), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>One that fails does not keep the others from being done.</summary>
    private async Task LookAsync(CancellationToken cancellation)
    {
        await OnDiskAsync(async () =>
        {
            foreach (var group in totals.Misnamed().Where(g => !sharing.HasLeft(g)))
                await sharing.LeaveAsync(group, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
        });
        await OnDiskAsync(async () =>
        {
            var over = aggregator.Over();
            if (over.Count > 0) _isPublished = false;
            await aggregator.CountAsync(over, cancellation);
        });
        // Also with the first look: the process may have ended between the two.
        if (!_isPublished) await OnDiskAsync(async () => _isPublished = await desk.PublishAsync(cancellation));
        await OnDiskAsync(() => post.LookAsync(cancellation));
    }

    /// <summary>What fails now is tried with the next look.</summary>
    private async Task OnDiskAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (CarrierException failed)
        {
            NodeLog.TotalsNotPublished(log, "every part", failed.Code);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            NodeLog.PartsNotRead(log, e);
        }
    }
}
