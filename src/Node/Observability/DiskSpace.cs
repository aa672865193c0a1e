namespace Anarchive.Node;

/// <summary>Room where the data is.</summary>
public static class DiskSpace
{
    /// <summary>Less is told to the owner: a backfill, a compaction or an upgrade may take so much at once.</summary>
    public const long LowBytes = 1024L * 1024 * 1024;

    /// <summary>What is left for this user where a directory is, or will be.</summary>
    public static long FreeBytes(string directory)
    {
        var at = Path.GetFullPath(directory);
        while (!Directory.Exists(at)) at = Path.GetDirectoryName(at)!;
        return new DriveInfo(at).AvailableFreeSpace;
    }
}
