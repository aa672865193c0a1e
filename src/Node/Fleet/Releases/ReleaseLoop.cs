using Anarchive.Fleet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Gives releases their time, and watches how much goes at once.</summary>
public sealed class ReleaseLoop(
    ReleaseRun run, ReleaseDesk desk, LossWatch losses, ReleaseTimes times, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<ReleaseLoop> log) : BackgroundService
{
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        var tick = TimeSpan.FromMilliseconds(Math.Clamp(
            Math.Min(times.WaitMs, times.AnswerMs) / 4, 10, LongestTick.TotalMilliseconds));
        try
        {
            await using var again = time.CreateTimer(_ => run.Wake(), null, tick, tick);
            while (true)
            {
                await TryAsync(stoppingToken);
                await run.Due.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping. What was begun is taken up, or back, at the next start.
        }
    }

    /// <summary>A disk that refuses now may not at the next tick.</summary>
    private Task TryAsync(CancellationToken stopping) =>
        Round.TryAsync(() => LookAsync(stopping), _ => NodeLog.ReleaseInterrupted(log), log, stopping);

    private async Task LookAsync(CancellationToken cancellation)
    {
        await losses.LookAsync(cancellation);
        foreach (var (item, volume) in run.TakeRetries())
            await desk.ApplyAsync(item, volume, default, cancellation);
        await run.TickAsync(cancellation);
    }
}
