using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>What a local file is, by itself, its name and the folders around it.</summary>
/// <param name="OshKey">Null for a file shorter than 128 KiB.</param>
/// <param name="Probe">Null where it has no moving picture.</param>
/// <param name="Name">For this node alone: no title leaves it.</param>
public sealed record MediaFile(
    string Path, string? OshKey, MediaFacts Facts, ProbedFile? Probe, ReleaseName Name)
{
    /// <summary>Folders above a file whose names may say what it lacks.</summary>
    private const int FoldersMax = 3;

    /// <summary>Reads all of it: 128 KiB of the file, and what ffprobe says.</summary>
    /// <exception cref="MediaException">As <see cref="MediaProbe.AskAsync"/>.</exception>
    /// <exception cref="IOException">The file is gone, or the disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static async Task<MediaFile> ReadAsync(string path, CancellationToken cancellation)
    {
        var full = System.IO.Path.GetFullPath(path);
        var facts = await MediaProbe.AskAsync(full, cancellation);
        return new MediaFile(
            full, await OshKeyAsync(full, cancellation), facts, await QualityProbe.AskAsync(full, cancellation),
            NameOf(full));
    }

    /// <summary>What the file's name and its folders' say.</summary>
    public static ReleaseName NameOf(string path)
    {
        var folders = new List<string>();
        for (var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
            folder is not null && folders.Count < FoldersMax;
            folder = System.IO.Path.GetDirectoryName(folder))
            if (System.IO.Path.GetFileName(folder) is { Length: > 0 } name) folders.Insert(0, name);
        return NameParser.Parse(System.IO.Path.GetFileName(path), folders);
    }

    /// <summary>OpenSubtitles' hash as a content key; null for a file shorter than 128 KiB.</summary>
    /// <exception cref="IOException">The file is gone, the disk refuses, or it shrank meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static async Task<string?> OshKeyAsync(string path, CancellationToken cancellation)
    {
        // Asked before it is opened: to open a pipe is to wait for its writer. A link's length is its own.
        if (new FileInfo(RealPath.Of(path)).Length < ContentKey.OshBytesMin) return null;
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: true);
        var bytes = file.Length;
        if (bytes < ContentKey.OshBytesMin) return null;
        var (head, tail) = (new byte[OshHash.EndBytes], new byte[OshHash.EndBytes]);
        await file.ReadExactlyAsync(head, cancellation);
        file.Position = bytes - OshHash.EndBytes;
        await file.ReadExactlyAsync(tail, cancellation);
        return OshHash.KeyOf(head, tail, bytes);
    }
}
