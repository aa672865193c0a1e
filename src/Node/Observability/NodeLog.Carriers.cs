using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(3301, LogLevel.Warning, "{Peer} sent a wrong piece of a file; it is asked for none for {Hours} h")]
    public static partial void WrongPiece(ILogger log, NodeId peer, int hours);

    [LoggerMessage(3302, LogLevel.Debug, "{Peer} did not give a piece of a file: {Code}")]
    public static partial void PieceNotGiven(ILogger log, NodeId peer, string code);

    [LoggerMessage(3303, LogLevel.Information, "The torrent client runs")]
    public static partial void ClientStarted(ILogger log);

    [LoggerMessage(3304, LogLevel.Warning, "The torrent client ended; it is started again")]
    public static partial void ClientEnded(ILogger log);

    [LoggerMessage(3305, LogLevel.Warning, "The torrent client failed: {Code}; it is tried again")]
    public static partial void ClientFailed(ILogger log, string code);

    [LoggerMessage(3306, LogLevel.Debug, "The torrent clients here and of {Peer} are joined")]
    public static partial void TunnelOpened(ILogger log, NodeId peer);
}
