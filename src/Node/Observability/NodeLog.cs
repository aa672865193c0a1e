using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Every log message of a node, with ids in blocks of a thousand by area. Never a path, token or body.
/// </summary>
internal static partial class NodeLog
{
    [LoggerMessage(2001, LogLevel.Debug, "Flushed {Events} events in {Groups} groups")]
    public static partial void Flushed(ILogger logger, int groups, int events);

    [LoggerMessage(2002, LogLevel.Warning, "A chain of {Origin} was written twice; it is frozen from event {Seq} on")]
    public static partial void ChainFrozen(ILogger logger, string origin, long seq);

    [LoggerMessage(2003, LogLevel.Critical, "The store failed; the node stops. Its next start replays what is durable")]
    public static partial void StoreFailed(ILogger logger, Exception cause);

    [LoggerMessage(
        2004,
        LogLevel.Warning,
        "The wall clock stepped by {Seconds} s; events keep the earlier time until a peer or a restart confirms it")]
    public static partial void ClockStepped(ILogger logger, long seconds);

    [LoggerMessage(2005, LogLevel.Information, "A peer confirmed the wall clock's step by {Seconds} s")]
    public static partial void ClockStepAdopted(ILogger logger, long seconds);

    [LoggerMessage(2006, LogLevel.Information, "The wall clock is back at the time it should show")]
    public static partial void ClockCameBack(ILogger logger);
}
