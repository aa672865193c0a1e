using Anarchive.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Keeps editions up to date as logs change: renews this fleet's, takes others' over, lets files go. What fails is
/// tried again.
/// </summary>
internal sealed class EditionLoop(
    EditionIntake intake, EditionDesk desk, EditionKeeper keeper, PartConsents consents, OwnParts own, LogWriter writer,
    NodeOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<EditionLoop> log)
    : BackgroundService
{
    private readonly Dictionary<GroupId, Seen> _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            while (true)
            {
                // What was taken back first: friends can be slow.
                foreach (var (group, part) in own.Here())
                    await LookAsync(group, part, null, async () =>
                    {
                        await desk.RenewAsync(group, part, stoppingToken);
                        await keeper.TidyAsync(group, null, stoppingToken);
                    });
                foreach (var (group, part) in intake.Friends())
                    if (consents.Find(part, Subscription.Friends) is { } wanted)
                        await TakeAsync(group, wanted, stoppingToken);
                foreach (var known in intake.Totals())
                    if (consents.Find(known.Part, Subscription.Network) is { } wanted)
                        await TakeAsync(known.Group, wanted, stoppingToken);
                await Task.Delay(TimeSpan.FromSeconds(options.HeartbeatSeconds), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private Task TakeAsync(GroupId group, Subscription wanted, CancellationToken cancellation) =>
        LookAsync(group, wanted.Part, wanted, async () =>
        {
            await intake.TakeAsync(group, wanted, cancellation);
            await keeper.TidyAsync(group, wanted.Edition, cancellation);
        });

    /// <summary>Where anything changed since it was done, and each hour, for what depends on the time.</summary>
    private async Task LookAsync(GroupId group, string part, Subscription? wanted, Func<Task> act)
    {
        var now = new Seen(
            writer.Durable(group), writer.Revision(group), wanted, time.GetUtcNow().ToUnixTimeSeconds() / 3600);
        if (_seen.TryGetValue(group, out var last) && last == now) return;
        _seen.Remove(group);
        try
        {
            await act();
            _seen[group] = now;
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

    private sealed record Seen(VersionVector Durable, long Revision, Subscription? Wanted, long Hour);
}
