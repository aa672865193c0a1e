namespace Anarchive.Web;

/// <summary>What pages and API tell the log; ids from 5000.</summary>
internal static partial class WebLog
{
    [LoggerMessage(5000, LogLevel.Warning, "Live parts could not be rendered; the next pass tries again.")]
    public static partial void PartsNotRendered(ILogger log, Exception error);

    [LoggerMessage(5001, LogLevel.Debug, "A viewer fell behind and was told to resume.")]
    public static partial void ViewerFellBehind(ILogger log);
}
