using Anarchive.Fleet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Watches the fleet's devices every five minutes, and soon after one or a volume is declared or said to be there.
/// </summary>
internal sealed class ProbeLoop(
    ProbeRound round, OwnFleet fleet, FleetBook book, LogWriter writer, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<ProbeLoop> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(ReachabilityTrack.ProbeMs);

    // Peers are being greeted meanwhile, and what is declared in one go is looked at once.
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _due = new(1, 1);

    public override void Dispose()
    {
        _due.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        using var follower = book.Follow();
        using var listening = writer.Listen(change =>
        {
            if (change.Group == fleet.Group) Wake();
        });
        await using var again = time.CreateTimer(_ => Wake(), null, Every, Every);
        long? last = null;
        try
        {
            while (true)
            {
                await _due.WaitAsync(stoppingToken);
                await Task.Delay(Gather, time, stoppingToken);
                await TryAsync(async () =>
                {
                    var (isDeclared, isNews) = follower.Read((state, changes) => (
                        changes.Registry || changes.Everything, changes.Probed.Any(d => round.HasMoreRoom(state, d))));
                    if (!isDeclared && last is { } before && time.GetElapsedTime(before) < Every - Gather)
                    {
                        if (isNews) await round.LookAsync(stoppingToken);
                        return;
                    }

                    last = time.GetTimestamp();
                    await round.RunAsync(stoppingToken);
                }, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of them; none is taken while the node stops.
        }
    }

    /// <summary>A disk that refuses now may not at the next round.</summary>
    private Task TryAsync(Func<Task> look, CancellationToken stopping) =>
        Round.TryAsync(look, _ => NodeLog.ProbesFailed(log), log, stopping);
}
