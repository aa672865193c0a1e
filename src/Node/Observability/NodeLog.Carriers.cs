using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(3301, LogLevel.Warning, "{Peer} sent a wrong piece of a file; it is asked for none for {Hours} h")]
    public static partial void WrongPiece(ILogger log, NodeId peer, int hours);

    [LoggerMessage(3302, LogLevel.Debug, "{Peer} did not give a piece of a file: {Code}")]
    public static partial void PieceNotGiven(ILogger log, NodeId peer, string code);
}
