using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>8900: what drives a fleet.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(8902, LogLevel.Warning, "The fleet's upkeep could not be done now; it is tried again")]
    public static partial void FleetTickFailed(ILogger log);

    [LoggerMessage(8903, LogLevel.Error, "A round of the fleet's work failed by {Error}; the next is tried")]
    public static partial void RoundFailed(ILogger log, string error);
}
