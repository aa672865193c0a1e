namespace Anarchive.Fleet;

/// <summary>What keeps a file.</summary>
public enum ReferenceKind
{
    Torrent,
    Import,
    Pin,
}

/// <summary>A torrent, an import or a pin that needs a file.</summary>
/// <param name="Inode">Of the file, on its file system: hard links share one.</param>
/// <param name="Path">By which it is reached there; a name of the caller's own that never leaves the device.</param>
public sealed record FileReference(ReferenceKind Kind, string Owner, ulong Inode, string Path);

/// <summary>Rule D7: bytes go only when nothing refers to them, by inode or by path; else only the entry.</summary>
public static class ReferenceCounts
{
    /// <summary>How many others than <paramref name="owner"/> need the file.</summary>
    public static int Others(IEnumerable<FileReference> all, string owner, ulong inode, string path) =>
        RuleSwitch.IsOff(ReleaseRule.ReferencesCount)
            ? 0
            : all.Count(r => r.Owner != owner && (r.Inode == inode || r.Path == path));

    public static bool MayDelete(IEnumerable<FileReference> all, string owner, ulong inode, string path) =>
        Others(all, owner, inode, path) == 0;
}
