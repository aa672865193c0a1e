using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks for friends' editions as their logs name them, and tries again where they do not come.</summary>
internal sealed class EditionLoop(
    EditionIntake intake, EditionDesk desk, PartConsents consents, NodeOptions options, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<EditionLoop> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            while (true)
            {
                foreach (var (group, part) in intake.Friends())
                    if (consents.Find(part, Subscription.Friends) is { } wanted)
                        await OnDiskAsync(part, () => intake.TakeAsync(group, part, wanted.Edition, stoppingToken));
                await OnDiskAsync("", () => desk.RenewAsync(stoppingToken));
                await Task.Delay(TimeSpan.FromSeconds(options.HeartbeatSeconds), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>What fails now is tried with the next look.</summary>
    private async Task OnDiskAsync(string part, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (CarrierException gone)
        {
            NodeLog.PartEditionWaits(log, part, gone.Code);
        }
        catch (PeerException gone)
        {
            NodeLog.PartEditionWaits(log, part, gone.Code);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            NodeLog.PartsNotRead(log, e);
        }
    }
}
