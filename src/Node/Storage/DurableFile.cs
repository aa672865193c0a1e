using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Anarchive.Node;

/// <summary>A file is in its place, and the disk did not confirm that it stays there.</summary>
internal sealed class UnconfirmedException(IOException cause) : IOException(cause.Message, cause);

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
        try
        {
            SyncDirectory(directory);
        }
        catch (IOException failed)
        {
            throw new UnconfirmedException(failed);
        }
    }

    /// <summary>Makes creations, renames and deletions in a directory durable.</summary>
    public static void SyncDirectory(string directory)
    {
        using var opened = OpenDirectory(directory, OpenDirectoryFlags);
        if (opened.IsInvalid) throw new IOException("Cannot open the directory.", new Win32Exception());
        RandomAccess.FlushToDisk(opened);
    }

    /// <summary>Files alone open by the library's own means.</summary>
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenDirectory(string path, int flags);
}
