using System.Collections.Frozen;

namespace Anarchive.Node;

/// <summary>The episodes in a folder.</summary>
public static class SeasonFolder
{
    private static readonly FrozenSet<string> Pictures = new[]
    {
        ".mkv", ".mp4", ".m4v", ".avi", ".mov", ".ts", ".m2ts", ".mts", ".webm", ".wmv", ".flv", ".mpg", ".mpeg",
        ".ogv", ".ogm", ".3gp", ".vob",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Sounds = new[]
    {
        ".mp3", ".m4a", ".m4b", ".mka", ".aac", ".ac3", ".eac3", ".dts", ".flac", ".ogg", ".oga", ".opus", ".wav",
        ".wma", ".aiff",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>By its extension.</summary>
    public static bool IsMedia(string path) => IsVideo(path) || Sounds.Contains(Path.GetExtension(path));

    /// <summary>By its extension: something with a moving picture.</summary>
    public static bool IsVideo(string path) => Pictures.Contains(Path.GetExtension(path));

    /// <summary>Whole paths, by name; of folders below and hidden files none.</summary>
    /// <exception cref="IOException">The folder is gone, or the disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static IReadOnlyList<string> Episodes(string folder) =>
        Directory.EnumerateFiles(Path.GetFullPath(folder))
            .Where(IsMedia)
            .Where(path => !Path.GetFileName(path).StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .ToArray();
}
