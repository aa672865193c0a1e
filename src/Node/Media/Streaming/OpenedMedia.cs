using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Anarchive.Node;

/// <summary>A regular file, held open: what is read is what was looked at, whatever becomes of its name.</summary>
/// <remarks>
/// Programs are given its descriptor (proc(5), <c>/proc/pid/fd</c>) in place of its name, so no list of processes tells
/// the name, and nothing in it reads as a pattern, an option or another protocol.
/// </remarks>
public sealed partial class OpenedMedia : IDisposable
{
    // From fcntl.h; of these only O_NOFOLLOW differs between machines.
    private const int NonBlockingAndClosed = 0x80800; // O_NONBLOCK | O_CLOEXEC
    private const int NoFollow = 0x20000;
    private const int NoFollowOnArm = 0x8000;

    private readonly SafeFileHandle _handle;
    private IDisposable? _use;

    private OpenedMedia(SafeFileHandle handle, long bytes) => (_handle, Bytes) = (handle, bytes);

    public long Bytes { get; }

    /// <summary>Where this process's children find it, as long as it is open.</summary>
    internal string Path => string.Create(
        CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}");

    /// <summary>
    /// Null for what is no regular file with something in it: a folder, a link, a pipe, a device, nothing at all.
    /// </summary>
    public static OpenedMedia? TryOpen(string path)
    {
        // Never blocks: to open a pipe is otherwise to wait for its writer.
        var flags = NonBlockingAndClosed
            | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? NoFollowOnArm : NoFollow);
        var handle = OpenFile(path, flags);
        try
        {
            if (!handle.IsInvalid && !File.GetAttributes(handle).HasFlag(FileAttributes.Directory)
                && RandomAccess.GetLength(handle) is > 0 and var bytes) return new OpenedMedia(handle, bytes);
        }
        catch (Exception e) when (e is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            // A pipe or a socket has no length.
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Its bytes from the first; whoever reads them to the end closes the file with them.</summary>
    public Stream ToStream() => new UsedFile(_handle, _use);

    /// <summary>Ends that use when the file is closed, as itself or as a stream.</summary>
    public OpenedMedia While(IDisposable use)
    {
        _use = use;
        return this;
    }

    public void Dispose()
    {
        _handle.Dispose();
        _use?.Dispose();
    }

    private sealed class UsedFile(SafeFileHandle handle, IDisposable? use)
        : FileStream(handle, FileAccess.Read, bufferSize: 0)
    {
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            use?.Dispose();
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing) use?.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags);
}
