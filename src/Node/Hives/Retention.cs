using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Extensions.Hosting;

namespace Anarchive.Node;

/// <summary>Deletes what is older than a hive's setting allows: the owner's node, for every member alike.</summary>
/// <remarks>
/// The deletions are events like any others, so nodes agree whatever their clocks say, and each erases the text when it
/// hears of them. While the owner's node is off, nothing is deleted.
/// </remarks>
internal sealed class Retention(
    LogWriter writer, HiveQueries queries, AgentRegistry agents, TakesNoPart takesNoPart, NodeClock clock,
    TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>Deletes in every hive owned here; answers with how many items.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        var deleted = 0;
        foreach (var hive in queries.Hives().Where(h => h.OwnedHere && !takesNoPart(h.Group)))
        {
            if (queries.RetentionDays(hive.Name) is not { } days) continue;
            if (writer.StandingIn(hive.Group) != Refusal.None) continue;
            var before = RetentionRule.Before(days, clock.NowMs());
            var agent = (await agents.OwnerAsync(cancellation)).Id;
            while (queries.Lapsed(hive.Name, before, Limits.RunEventsMax / 2) is { Count: > 0 } items)
            {
                await writer.WriteAsync(hive.Group, [.. items.Select(i => Delete(i, agent))], cancellation);
                deleted += items.Count;
            }
        }

        return deleted;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Every, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await SweepAsync(stoppingToken);
                }
                catch (LogRefusedException)
                {
                    // The hive changed hands, or was frozen, between the look and the write.
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private static Draft Delete(LapsedItem item, string agent)
    {
        var (draft, problem) = item.IsPost
            ? HiveDrafts.Make("post_deleted", new PostDeleted(agent, RetentionRule.Reason), item.Ref)
            : HiveDrafts.Make("comment_deleted", new CommentDeleted(agent, RetentionRule.Reason), item.Ref);
        return draft ?? throw new InvalidOperationException($"A deletion cannot be written: {problem}.");
    }
}
