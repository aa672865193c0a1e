using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(8101, LogLevel.Warning, "Of volume {Volume} nothing counts as missing: {Code}")]
    public static partial void VolumeNotWhole(ILogger log, string volume, string code);

    [LoggerMessage(8102, LogLevel.Error, "{Count} of {Held} items are missing at once; the owner has to say so")]
    public static partial void ItemsNotLetGo(ILogger log, int count, int held);

    [LoggerMessage(8103, LogLevel.Information, "Items that are gone from this device: {Count}")]
    public static partial void ItemsGone(ILogger log, int count);

    [LoggerMessage(8104, LogLevel.Error, "A file's bytes changed though nobody wrote to it: item {Item}")]
    public static partial void ItemRotten(ILogger log, string item);

    /// <summary>Without the cause, which names the file.</summary>
    [LoggerMessage(8105, LogLevel.Warning, "A file could not be read; it is looked at again with the next scan")]
    public static partial void FileNotRead(ILogger log);

    [LoggerMessage(8106, LogLevel.Warning, "What this device holds was not told to its fleet yet: {Code}")]
    public static partial void HoldingsNotTold(ILogger log, string code);

    [LoggerMessage(8107, LogLevel.Information, "A copy of item {Item} came from {Peer}")]
    public static partial void CopyCame(ILogger log, string item, string peer);

    [LoggerMessage(8120, LogLevel.Information, "A copy of item {Item} came by BitTorrent")]
    public static partial void CopyCameBySwarm(ILogger log, string item);

    [LoggerMessage(8108, LogLevel.Warning, "A copy of item {Item} did not come: {Code}")]
    public static partial void CopyFailed(ILogger log, string item, string code);
}
