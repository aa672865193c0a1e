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
                await OnDiskAsync(() => LookAsync(stoppingToken));
                await Task.Delay(TimeSpan.FromSeconds(options.HeartbeatSeconds), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        foreach (var group in totals.Misnamed().Where(g => !sharing.HasLeft(g)))
            await sharing.LeaveAsync(group, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
        // Also with the first look: the process may have ended between the two.
        _isPublished &= !await aggregator.CountAsync(cancellation);
        if (!_isPublished)
        {
            await desk.PublishAsync(cancellation);
            _isPublished = true;
        }

        await post.LookAsync(cancellation);
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
            NodeLog.PartEditionWaits(log, "", failed.Code);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            NodeLog.PartsNotRead(log, e);
        }
    }
}
