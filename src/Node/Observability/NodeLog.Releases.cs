using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(8301, LogLevel.Information, "The release of {Item} ended: {Outcome}")]
    public static partial void ReleaseEnded(ILogger log, string item, string outcome);

    [LoggerMessage(8302, LogLevel.Debug, "{Peer} did not answer for a lock: {Code}")]
    public static partial void LockNotAnswered(ILogger log, NodeId peer, string code);

    [LoggerMessage(8303, LogLevel.Warning, "A release was interrupted by the disk; it is taken up again")]
    public static partial void ReleaseInterrupted(ILogger log);

    [LoggerMessage(
        8304, LogLevel.Error,
        "{Lost} items of {Holdings} copies were lost at once: nothing is deleted until the owner has looked")]
    public static partial void BreakerOpened(ILogger log, int lost, int holdings);
}
