using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Does this device's part of the plan: once an epoch, and soon after something changed.</summary>
internal sealed class FleetLoop(
    OwnFleet fleet, LogWriter writer, PlanSight plans, CopyOrders orders, Challenges challenges, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<FleetLoop> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(Anarchive.Fleet.Epoch.LengthMs);

    // What comes in one go is planned for once.
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _due = new(0, 1);

    public override void Dispose()
    {
        _due.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        using var listening = writer.Listen(change =>
        {
            if (change.Group == fleet.Group) Wake();
        });
        await using var again = time.CreateTimer(_ => Wake(), null, Every, Every);
        try
        {
            while (true)
            {
                await _due.WaitAsync(stoppingToken);
                await Task.Delay(Gather, time, stoppingToken);
                await TickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>One step that fails does not keep the others from being done.</summary>
    private async Task TickAsync(CancellationToken cancellation)
    {
        if (fleet.Group is null) return;
        await TryAsync(() => orders.KeepUpAsync(plans.Now().Plan, cancellation), cancellation);
        await TryAsync(() => challenges.RunAsync(cancellation), cancellation);
    }

    private Task TryAsync(Func<Task> act, CancellationToken stopping) =>
        Round.TryAsync(act, _ => NodeLog.FleetTickFailed(log), log, stopping);

    private void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of changes; none is taken while the node stops.
        }
    }
}
