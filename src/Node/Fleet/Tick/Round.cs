using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>One round of a loop of the fleet's: a household's node does not stop for one that failed.</summary>
internal static class Round
{
    /// <summary>Does it, and says what came of it in the log alone; the next round tries again.</summary>
    /// <param name="refused">Where a disk or the database refuses, which was to be expected.</param>
    /// <exception cref="OperationCanceledException">The node stops.</exception>
    public static async Task TryAsync(
        Func<Task> act, Action<Exception> refused, ILogger log, CancellationToken stopping)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            refused(e);
        }
        catch (Exception e) when (!(e is OperationCanceledException && stopping.IsCancellationRequested))
        {
            // Its type alone: a message may hold a path.
            NodeLog.RoundFailed(log, e.GetType().Name);
        }
    }
}
