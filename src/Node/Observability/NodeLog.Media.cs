using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(3501, LogLevel.Debug, "A film is made ready for a player")]
    public static partial void CodingBegins(ILogger log);

    [LoggerMessage(3502, LogLevel.Information, "An item could not be played: {Code}")]
    public static partial void NotPlayed(ILogger log, string code);

    /// <summary>Without the cause, which names the file.</summary>
    [LoggerMessage(3503, LogLevel.Warning, "What was made for a player could not be taken off the disk")]
    public static partial void StreamsNotCleared(ILogger log);
}
