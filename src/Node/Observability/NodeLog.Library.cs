using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    /// <summary>Without the cause, which may name a file.</summary>
    [LoggerMessage(3511, LogLevel.Warning, "The library could not be read: the disk refused; it is tried again")]
    public static partial void LibraryNotRead(ILogger log);

    [LoggerMessage(3512, LogLevel.Debug, "There is no picture of an item: {Code}")]
    public static partial void NoArtwork(ILogger log, string code);

    [LoggerMessage(3513, LogLevel.Warning, "The fleet was not told what is watched here: {Code}; it is tried again")]
    public static partial void ViewingNotTold(ILogger log, string code);
}
