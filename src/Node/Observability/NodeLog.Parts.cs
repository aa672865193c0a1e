using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(7001, LogLevel.Warning, "The fleet's parts do not match its devices yet: {Code}")]
    public static partial void PartsNotMatched(ILogger log, string code);

    [LoggerMessage(7002, LogLevel.Information, "{Count} observations of {Part} were written")]
    public static partial void ObservationsWritten(ILogger log, int count, string part);

    [LoggerMessage(7003, LogLevel.Warning, "Observations of {Part} wait, for they could not be written: {Refusal}")]
    public static partial void ObservationsWait(ILogger log, string part, Refusal refusal);

    [LoggerMessage(7004, LogLevel.Information, "{Peer} opened its {Part} to this node")]
    public static partial void PartFollowed(ILogger log, NodeId peer, string part);

    [LoggerMessage(7005, LogLevel.Debug, "Parts were not exchanged with {Peer}: {Code}")]
    public static partial void PartsNotExchanged(ILogger log, NodeId peer, string code);

    [LoggerMessage(7006, LogLevel.Warning, "Parts could not be read; they are looked at again with the next hour")]
    public static partial void PartsNotRead(ILogger log, Exception cause);
}
