using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(3101, LogLevel.Warning, "Alert: {Code}")]
    public static partial void AlertRaised(ILogger log, string code);

    [LoggerMessage(3102, LogLevel.Information, "Alert over: {Code}")]
    public static partial void AlertOver(ILogger log, string code);

    [LoggerMessage(3103, LogLevel.Warning, "The webhook did not take an alert: {Code}")]
    public static partial void AlertNotPosted(ILogger log, string code);
}
