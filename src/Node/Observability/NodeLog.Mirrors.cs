using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(3201, LogLevel.Information, "The followed hive {Group} was not read: {Code}; it is tried again")]
    public static partial void MirrorFailed(ILogger log, GroupId group, string code);

    [LoggerMessage(3202, LogLevel.Warning, "The edition served for the followed hive {Group} was refused: {Fault}")]
    public static partial void MirrorEditionRefused(ILogger log, GroupId group, EditionFault fault);
}
