using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Anarchive.Node;

/// <summary>
/// Small private files (mode 0600) that survive a power cut: temporary, fsync, rename, fsync of the directory.
/// </summary>
internal static partial class DurableFile
{
    public const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int OpenDirectoryFlags = 0x90000; // O_DIRECTORY | O_CLOEXEC

    /// <summary>Creates the file; throws <see cref="IOException"/> when it exists.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: false);

    /// <summary>Creates the file or takes its place at once: readers see the old or the new content.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: true);

    /// <summary>Creates an empty file, for a library that fills it itself.</summary>
    public static void CreateEmpty(string path) => Create(path, []);

    private static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        var directory = Path.GetDirectoryName(path)!;
        var temporary = path + ".new";
        // Left behind by a process that died before the rename.
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = PrivateFile,
        }))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite);
        SyncDirectory(directory);
    }

    /// <summary>Makes creations, renames and deletions in a directory durable.</summary>
    public static void SyncDirectory(string directory)
    {
        var descriptor = OpenDirectory(directory, OpenDirectoryFlags);
        if (descriptor < 0) throw new IOException("Cannot open the directory.", new Win32Exception());
        var result = Sync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0) throw new IOException("Cannot sync the directory.", new Win32Exception(error));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
