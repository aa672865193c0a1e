using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>8950: what friends keep, and what is kept for them.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(8951, LogLevel.Information, "A friend's copy of {Item} came")]
    public static partial void LentCopyCame(ILogger log, string item);

    [LoggerMessage(8952, LogLevel.Debug, "A friend's copy of {Item} could not be looked after: {Code}")]
    public static partial void LentCopyFailed(ILogger log, string item, string code);

    [LoggerMessage(8953, LogLevel.Warning, "A friend's copy of {Item} changed on this disk; it is fetched again")]
    public static partial void LentCopyDamaged(ILogger log, string item);

    [LoggerMessage(8954, LogLevel.Debug, "{Friend} did not answer about what it keeps: {Code}")]
    public static partial void FriendNotAsked(ILogger log, NodeId friend, string code);

    [LoggerMessage(8955, LogLevel.Warning, "The copy of {Item} at {Friend} is not what it was")]
    public static partial void FriendCopyAltered(ILogger log, string item, NodeId friend);

    [LoggerMessage(8956, LogLevel.Warning, "{Friend} ends its loan: what it keeps has to go elsewhere")]
    public static partial void LoanEnding(ILogger log, NodeId friend);
}
