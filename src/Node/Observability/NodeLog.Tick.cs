using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>8900: what drives a fleet.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(8902, LogLevel.Warning, "The fleet's upkeep could not be done now; it is tried again")]
    public static partial void FleetTickFailed(ILogger log);

    [LoggerMessage(8903, LogLevel.Debug, "{Device} did not answer a challenge: {Code}")]
    public static partial void ChallengeNotAnswered(ILogger log, NodeId device, string code);

    [LoggerMessage(8904, LogLevel.Warning, "What challenges came to could not be said: {Code}")]
    public static partial void ChallengesNotSaid(ILogger log, string code);
}
