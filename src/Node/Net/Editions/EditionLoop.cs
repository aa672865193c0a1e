using Anarchive.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Keeps editions up to date as logs change: renews this fleet's, takes friends' over, lets files go. What fails is
/// tried again.
/// </summary>
internal sealed class EditionLoop(
    EditionIntake intake, EditionDesk desk, EditionKeeper keeper, PartBook book, OwnParts own, LogWriter writer,
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
                    await LookAsync(group, part, async () =>
                    {
                        await desk.RenewAsync(group, part, stoppingToken);
                        await keeper.TidyAsync(group, stoppingToken);
                    });
                foreach (var (group, part) in intake.Friends())
                    await LookAsync(group, part, async () =>
                    {
                        await intake.TakeAsync(group, part, book.PinOf(group), stoppingToken);
                        await keeper.TidyAsync(group, stoppingToken);
                    });
                await Task.Delay(TimeSpan.FromSeconds(options.HeartbeatSeconds), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>Where anything changed since it was done, and each hour, for what depends on the time.</summary>
    private async Task LookAsync(GroupId group, string part, Func<Task> act)
    {
        var now = new Seen(
            writer.Durable(group), writer.Revision(group), book.PinOf(group),
            time.GetUtcNow().ToUnixTimeSeconds() / 3600);
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

    private sealed record Seen(VersionVector Durable, long Revision, long? Pin, long Hour);
}
