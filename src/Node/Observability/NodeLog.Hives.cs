using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(4001, LogLevel.Warning, "The search index could not be brought up to date; it is tried again")]
    public static partial void SearchFailed(ILogger logger, Exception cause);
}
