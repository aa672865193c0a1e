using Anarchive.Fleet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Has friends' copies looked after: once an epoch, and soon after the owner said something.</summary>
public sealed class FriendTick(
    FriendCare care, FriendBook friends, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<FriendTick> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(Epoch.LengthMs);

    // A friend fetches what was asked for meanwhile.
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(5);

    private const int SoonMax = 3;

    private readonly SemaphoreSlim _due = new(0, 1);
    private readonly SemaphoreSlim _running = new(1);

    /// <summary>Has it done soon.</summary>
    public void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of words; none is taken while the node stops.
        }
    }

    /// <summary>Looks after all of them once; one at a time.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await _running.WaitAsync(cancellation);
        try
        {
            await care.RunAsync(cancellation);
        }
        finally
        {
            _running.Release();
        }
    }

    public override void Dispose()
    {
        _due.Dispose();
        _running.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        await using var again = time.CreateTimer(_ => Wake(), null, Every, Every);
        try
        {
            while (true)
            {
                await _due.WaitAsync(stoppingToken);
                for (var look = 0; look < SoonMax; look++)
                {
                    await TryAsync(stoppingToken);
                    if (!IsUnderWay()) break;
                    await Task.Delay(SoonAgain, time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private bool IsUnderWay() => friends.Copies()
        // One that was refused the bytes may have asked for them before its word was noted here.
        .Any(c => c is { IsComing: true, Code: null or LoanCodes.NotGiven });

    private Task TryAsync(CancellationToken stopping) =>
        Round.TryAsync(() => RunAsync(stopping), _ => NodeLog.FleetTickFailed(log), log, stopping);
}
