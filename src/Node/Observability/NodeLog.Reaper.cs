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

    [LoggerMessage(8405, LogLevel.Information, "Torrent {InfoHash} is joined to {Count} who may have it")]
    public static partial void TorrentJoined(ILogger log, string infoHash, int count);

    [LoggerMessage(8406, LogLevel.Warning, "Who has a torrent could not be read")]
    public static partial void TorrentNotJoined(ILogger log, Exception error);
}
