using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(3101, LogLevel.Warning, "Alert: {Code}")]
    public static partial void AlertRaised(ILogger log, string code);

    [LoggerMessage(3102, LogLevel.Information, "Alert over: {Code}")]
    public static partial void AlertOver(ILogger log, string code);

    [LoggerMessage(3104, LogLevel.Warning, "Peers could not be looked at for alerts; the next look tries again.")]
    public static partial void AlertsNotJudged(ILogger log, Exception cause);

    [LoggerMessage(3103, LogLevel.Warning, "The webhook did not take an alert: {Code}")]
    public static partial void AlertNotPosted(ILogger log, string code);
}
