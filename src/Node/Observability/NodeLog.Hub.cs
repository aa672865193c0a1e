using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(3151, LogLevel.Debug, "The hub {Hub} answers: {State}")]
    public static partial void HubAnswered(ILogger log, NodeId hub, string state);

    [LoggerMessage(3152, LogLevel.Debug, "The hub {Hub} did not answer: {Code}; what it said before stays")]
    public static partial void HubFailed(ILogger log, NodeId hub, string code);
}
