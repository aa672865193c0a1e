using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;

namespace Anarchive.Node;

/// <summary>Why a media file could not be read.</summary>
/// <param name="code">Stable.</param>
public sealed class MediaException(string code, Sentence says) : Exception(says.ToString())
{
    public string Code => code;

    public Sentence Says => says;
}

/// <summary>Runs ffmpeg and ffprobe on files that may come from anywhere.</summary>
/// <remarks>
/// Arguments are a list, never a shell's line, and a file is named by its whole path behind <c>file:</c>, so that no
/// name reads as an option or as another protocol. What a file refers to is opened only if it is a file, too: nothing
/// reaches the network. The child has no standard input, is given no more time and bytes than its work can need, and is
/// killed, with what it started, when it is told to stop.
/// </remarks>
public static class MediaTool
{
    public const string Ffmpeg = "ffmpeg";
    public const string Ffprobe = "ffprobe";

    private const long BytesPerSecond = 2 * 1024 * 1024;

    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(60);

    /// <summary>What both programs are told before all else.</summary>
    public static IReadOnlyList<string> Quietly { get; } =
        ["-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe"];

    /// <summary>True where both programs start.</summary>
    public static async Task<bool> IsHereAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var program in new[] { Ffmpeg, Ffprobe })
                await RunAsync(program, ["-version"], 0, 1 << 16, cancellation);
            return true;
        }
        catch (MediaException)
        {
            return false;
        }
    }

    /// <summary>A file's name as both programs take it.</summary>
    public static string Name(string path) => "file:" + Path.GetFullPath(path);

    /// <summary>60 s, and 1 s for every 2 MiB to be read.</summary>
    public static TimeSpan TimeFor(long bytesRead) =>
        LeastTime + TimeSpan.FromSeconds(Math.Ceiling((double)Math.Max(0, bytesRead) / BytesPerSecond));

    /// <summary>Runs a program to its end; what it wrote to its standard output.</summary>
    /// <param name="bytesRead">How much of a file it will read, at most: more gives it more time.</param>
    /// <param name="bytesMax">Of its output; more ends it.</param>
    /// <exception cref="MediaException">
    /// <c>ffmpeg_missing</c>, <c>media_timeout</c>, <c>media_output</c> (too much of it) or <c>media_unreadable</c>.
    /// </exception>
    public static async Task<byte[]> RunAsync(
        string program, IReadOnlyList<string> arguments, long bytesRead, int bytesMax, CancellationToken cancellation)
    {
        using var process = Start(program, arguments);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeFor(bytesRead));
        try
        {
            // What it remarks is read, so that it never waits to be heard, and dropped: it may name paths.
            var remarks = process.StandardError.BaseStream.CopyToAsync(Stream.Null, patience.Token);
            var output = await AllOfAsync(process.StandardOutput.BaseStream, bytesMax, patience.Token);
            await remarks;
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0
                ? output
                : throw new MediaException("media_unreadable", "The file cannot be read as media.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MediaException("media_timeout", "Reading the file took too long.");
        }
        finally
        {
            await patience.CancelAsync();
            await EndAsync(process);
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception)
        {
            throw new MediaException("ffmpeg_missing", $"{program} does not run: install ffmpeg.");
        }
    }

    /// <summary>Nothing is left running, whatever happened.</summary>
    private static async Task EndAsync(Process process)
    {
        try
        {
            if (process.HasExited) return;
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }

        await process.WaitForExitAsync(CancellationToken.None);
    }

    internal static async Task<byte[]> AllOfAsync(Stream stream, int bytesMax, CancellationToken cancellation)
    {
        var output = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await stream.ReadAsync(output.GetMemory(1 << 14), cancellation);
            if (read == 0) return output.WrittenSpan.ToArray();
            output.Advance(read);
            if (output.WrittenCount > bytesMax)
                throw new MediaException("media_output", "The file makes more output than such a file can.");
        }
    }
}
