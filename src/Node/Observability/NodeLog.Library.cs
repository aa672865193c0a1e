using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    /// <summary>Without the cause, which may name a file.</summary>
    [LoggerMessage(3511, LogLevel.Warning, "The library could not be read: the disk refused; it is tried again")]
    public static partial void LibraryNotRead(ILogger log);

    [LoggerMessage(3512, LogLevel.Debug, "There is no picture of an item: {Code}")]
    public static partial void NoArtwork(ILogger log, string code);
}
