namespace Anarchive.Node;

/// <summary>A file in a watched folder.</summary>
/// <param name="Path">From the volume's root, parts divided by slashes.</param>
internal sealed record FoundFile(string Path, FileStat Stat);

/// <summary>What a watched folder lists.</summary>
/// <param name="Fault">Why it may not be all; a file that is not listed then is not a missing one.</param>
internal sealed record FolderListing(IReadOnlyList<FoundFile> Files, string? Fault)
{
    // Deeper than any library is, and no deeper than a stack allows.
    private const int DepthMax = 64;

    /// <summary>
    /// Ordinary files with bytes in them. Links are not followed, other file systems mounted inside are left out, for a
    /// rename there would be a copy, and so is this program's own folder.
    /// </summary>
    public static FolderListing Read(string root, string folder)
    {
        var files = new List<FoundFile>();
        try
        {
            if (FileStat.Of(root) is not { IsDirectory: true } volume) return new([], VolumeAbsence.RootMissing);
            var start = Path.Combine(root, folder);
            if (FileStat.Of(start) is not { IsDirectory: true } stat || !Volumes.IsWithin(RealPath.Of(start), root))
                return new([], VolumeAbsence.FolderMissing);
            var fault = stat.Device == volume.Device
                ? Into(files, root, folder, stat.Device, 0)
                : VolumeAbsence.FolderMissing;
            return new(files, fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(files, VolumeAbsence.FolderUnreadable);
        }
    }

    private static string? Into(List<FoundFile> files, string root, string folder, long device, int depth)
    {
        if (depth > DepthMax) return VolumeAbsence.FolderUnreadable;
        string? fault = null;
        var entries = Entries(Path.Combine(root, folder), out var isWhole);
        foreach (var full in entries)
        {
            var name = Path.GetFileName(full);
            if (depth == 0 && folder.Length == 0 && name == VolumeMarker.Folder) continue;
            if (FillPlace.IsBetween(name)) continue;
            var path = folder.Length == 0 ? name : $"{folder}/{name}";
            try
            {
                if (FileStat.Of(full) is not { } stat || stat.Device != device) continue;
                if (stat.IsDirectory) fault = Into(files, root, path, device, depth + 1) ?? fault;
                else if (stat is { IsFile: true, SizeBytes: > 0 }) files.Add(new FoundFile(path, stat));
            }
            catch (IOException)
            {
                fault = VolumeAbsence.FolderUnreadable;
            }
        }

        return isWhole ? fault : VolumeAbsence.FolderUnreadable;
    }

    private static string[] Entries(string folder, out bool isWhole)
    {
        try
        {
            isWhole = true;
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            isWhole = false;
            return [];
        }
    }
}
