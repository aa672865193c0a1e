using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(8601, LogLevel.Warning, "Nobody answers, so no device is marked: this node seems to be cut off")]
    public static partial void OwnLinkDown(ILogger log);

    [LoggerMessage(8602, LogLevel.Warning, "What the probes found could not be said in the fleet's log: {Code}")]
    public static partial void ProbeNotSaid(ILogger log, string code);

    /// <summary>Without the cause, which may name a file.</summary>
    [LoggerMessage(8603, LogLevel.Warning, "The devices could not be probed: the disk refused")]
    public static partial void ProbesFailed(ILogger log);

    [LoggerMessage(8604, LogLevel.Information, "{Item} left the cache: {Cause}")]
    public static partial void Culled(ILogger log, ItemId item, CullCause cause);

    [LoggerMessage(8605, LogLevel.Information, "{Item} is in the cache again")]
    public static partial void Restored(ILogger log, ItemId item);

    [LoggerMessage(8606, LogLevel.Information, "{Item} does not come into the cache: {Code}; it is tried again")]
    public static partial void NotRestored(ILogger log, ItemId item, string code);

    /// <summary>Without the cause, which may name a file.</summary>
    [LoggerMessage(8607, LogLevel.Warning, "The cache could not be looked after: the disk refused")]
    public static partial void CacheFailed(ILogger log);
}
