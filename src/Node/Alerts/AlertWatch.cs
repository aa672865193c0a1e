using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks at peers, groups and disk now and then, and tells what began and what is over.</summary>
public sealed class AlertWatch(
    Mesh mesh, DataDirectory directory, AlertRules rules, AlertPost post, TimeProvider time, ILogger<AlertWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    /// <summary>What the owner has to know of now.</summary>
    public IReadOnlyList<Alert> Current => rules.Current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var looks = new PeriodicTimer(LookEvery, time);
        try
        {
            do TryLook();
            while (await looks.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
        catch (SqliteException error)
        {
            // A busy or failing disk: the next look tries again, and what writes will tell.
            NodeLog.AlertsNotJudged(log, error);
        }
    }

    private void Look()
    {
        var peers = mesh.View().Peers;
        var lags = peers.SelectMany(p => p.Groups).GroupBy(g => g.Name)
            .ToDictionary(some => some.Key, some => some.Max(g => g.AheadBy));
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var change in rules.Look(new AlertReading(nowMs, peers, lags, Free())))
        {
            if (change.IsOver) NodeLog.AlertOver(log, change.Alert.Code);
            else NodeLog.AlertRaised(log, change.Alert.Code);
            post.Offer(change);
        }
    }

    private long Free()
    {
        try
        {
            return DiskSpace.FreeBytes(directory.Root);
        }
        catch (IOException)
        {
            // A disk that does not even tell is not low; what the node writes next will say more.
            return long.MaxValue;
        }
    }
}
