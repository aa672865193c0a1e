using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(
        1001, LogLevel.Information, "SQLite {Version} serves the database; the system's own library: {IsSystem}")]
    public static partial void DatabaseOpened(ILogger logger, string version, bool isSystem);

    [LoggerMessage(
        1002, LogLevel.Warning, "The database was restored or copied; this node writes under a new incarnation")]
    public static partial void IncarnationRenewed(ILogger logger);

    [LoggerMessage(
        1003,
        LogLevel.Warning,
        "The database was upgraded from version {From} to {To}; as it was, it is kept as node.version-{From}.db")]
    public static partial void DatabaseUpgraded(ILogger logger, int from, int to);

    [LoggerMessage(
        1004,
        LogLevel.Warning,
        "The node of a backup has taken its place here; the untouched one is kept in the data directory")]
    public static partial void NodeRestored(ILogger logger);

    [LoggerMessage(
        1005,
        LogLevel.Warning,
        "A backup was to take this node's place, and did not: this one was used meanwhile, or that was not whole")]
    public static partial void NodeStayed(ILogger logger);
}
