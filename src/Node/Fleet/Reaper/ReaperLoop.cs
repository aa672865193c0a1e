using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks at the client's torrents every quarter of an hour.</summary>
internal sealed class ReaperLoop(
    Reaper reaper, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ReaperLoop> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(15);

    /// <summary>A client that this node starts itself is asked a little after it.</summary>
    private static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            await Task.Delay(FirstAfter, time, stoppingToken);
            while (true)
            {
                await LookAsync(stoppingToken);
                await Task.Delay(LookEvery, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private Task LookAsync(CancellationToken stopping) =>
        Round.TryAsync(() => reaper.LookAsync(stopping), e => NodeLog.ReaperNotKept(log, e), log, stopping);
}
