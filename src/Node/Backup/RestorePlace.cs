namespace Anarchive.Node;

/// <summary>Where a backup waits, in the data directory, until it takes the place of the node that is there.</summary>
/// <remarks>Within the data directory, which may be a mount of its own: from elsewhere nothing moves at once.</remarks>
internal sealed class RestorePlace(string root)
{
    public const string FolderName = "restoring";

    public string Folder { get; } = Path.Combine(root, FolderName);

    /// <summary>The backup as it came, sealed.</summary>
    public string Upload => Path.Combine(Folder, "upload");

    /// <summary>One that has not all come yet.</summary>
    public string UploadPart => Path.Combine(Folder, "upload.part");

    /// <summary>The node that was in it, as a data directory has it.</summary>
    public string Node => Path.Combine(Folder, "node");

    public string NodeDatabase => Path.Combine(Node, BackupEntries.Database);

    /// <summary>There once the owner has asked for it; says how far that came.</summary>
    public string Marker => Path.Combine(Folder, "marker");

    /// <summary>Where the node goes that was here; free when it is asked for.</summary>
    public string FreeAside()
    {
        const string name = "before-restore";
        var free = name;
        for (var n = 2; Path.Exists(Path.Combine(root, free)); n++) free = $"{name}-{n}";
        return free;
    }

    /// <summary>What lies here, in bytes.</summary>
    public long Bytes => Directory.Exists(Folder)
        ? new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : 0;

    public void Clear()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}
