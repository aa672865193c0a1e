using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(3001, LogLevel.Information, "{Peer} proved its key")]
    public static partial void PeerProved(ILogger log, NodeId peer);

    [LoggerMessage(3002, LogLevel.Information, "Contact with {Peer}: {Contact}")]
    public static partial void PeerContact(ILogger log, NodeId peer, Contact contact);

    [LoggerMessage(3010, LogLevel.Information, "{Node} was paired as {Kind}")]
    public static partial void NodePaired(ILogger log, NodeId node, InviteKind kind);

    [LoggerMessage(3011, LogLevel.Information, "{Node} is no friend or device any more")]
    public static partial void NodeRevoked(ILogger log, NodeId node);

    [LoggerMessage(3003, LogLevel.Debug, "{Exchange} with {Peer} failed: {Code}")]
    public static partial void ExchangeFailed(ILogger log, NodeId peer, string exchange, string code);

    [LoggerMessage(3004, LogLevel.Warning, "An edition from {Peer} was refused: {Fault}")]
    public static partial void EditionRefused(ILogger log, NodeId peer, EditionFault fault);

    [LoggerMessage(3005, LogLevel.Warning, "{Peer} sent a wrong piece of an edition; it is asked for no more of it")]
    public static partial void PieceRefused(ILogger log, NodeId peer);

    [LoggerMessage(3006, LogLevel.Error, "The owner's edition of {Group} says another state than the log here")]
    public static partial void EditionDisputed(ILogger log, GroupId group);

    [LoggerMessage(3007, LogLevel.Warning, "The disk refused to check an edition; the next start tries again")]
    public static partial void PastStateRefused(ILogger log);
}
