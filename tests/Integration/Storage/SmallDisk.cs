using System.Diagnostics;

namespace Anarchive.Tests.Integration;

/// <summary>A file system of a fixed size in memory, so that a test can fill it.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string root) => Root = root;

    public string Root { get; }

    /// <summary>Null where this user may not mount.</summary>
    public static SmallDisk? TryMount(string root, string size)
    {
        Directory.CreateDirectory(root);
        return Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", root) ? new SmallDisk(root) : null;
    }

    public void Grow(string size)
    {
        if (!Run("mount", "-o", $"remount,size={size}", Root)) throw new IOException("The disk does not grow.");
    }

    public void Dispose()
    {
        if (!Run("umount", Root)) throw new IOException("The disk is still in use.");
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }
}
