using Anarchive.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks for friends' editions as their logs name them, and tries again where they do not come.</summary>
internal sealed class EditionLoop(
    EditionIntake intake, PartConsents consents, NodeOptions options, TimeProvider time,
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
                        await TakeAsync(group, part, wanted.Edition, stoppingToken);
                await Task.Delay(TimeSpan.FromSeconds(options.HeartbeatSeconds), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task TakeAsync(GroupId group, string part, long? pin, CancellationToken cancellation)
    {
        try
        {
            await intake.TakeAsync(group, part, pin, cancellation);
        }
        catch (CarrierException gone)
        {
            NodeLog.PartEditionWaits(log, part, gone.Code);
        }
        catch (PeerException gone)
        {
            NodeLog.PartEditionWaits(log, part, gone.Code);
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            NodeLog.PartsNotRead(log, e);
        }
    }
}
