using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(8401, LogLevel.Warning, "{Stalling} of {Judged} torrents stall at once: this node does nothing")]
    public static partial void ReaperFrozen(ILogger log, int stalling, int judged);

    [LoggerMessage(8402, LogLevel.Debug, "How torrents fare is not told to the fleet yet: {Code}")]
    public static partial void TorrentsNotTold(ILogger log, string code);

    [LoggerMessage(8403, LogLevel.Warning, "What was seen of torrents could not be kept")]
    public static partial void ReaperNotKept(ILogger log, Exception error);

    [LoggerMessage(8404, LogLevel.Information, "Torrent {InfoHash} got {Files} of its files from the fleet's copies")]
    public static partial void TorrentFilled(ILogger log, string infoHash, int files);
}
