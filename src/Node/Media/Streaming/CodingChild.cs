using System.ComponentModel;
using System.Diagnostics;

namespace Anarchive.Node;

/// <summary>An ffmpeg that works for somebody who watches: it yields to all else, and ends with this process.</summary>
internal sealed class CodingChild : IAsyncDisposable
{
    private const string Niceness = "10";

    private readonly Process _process;
    private readonly Task _remarks;

    private CodingChild(Process process, Task<int> ended)
    {
        (_process, Ended) = (process, ended);
        // What it says is read, so that it never waits to be heard, and dropped: it may quote the file.
        _remarks = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    public int Id => _process.Id;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Ends with the child, with its exit code.</summary>
    public Task<int> Ended { get; }

    /// <exception cref="MediaException"><c>ffmpeg_missing</c></exception>
    public static async Task<CodingChild> StartAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            var (process, ended) = await TiedProcess.StartAsync(
                MediaTool.Ffmpeg, "KILL", ["nice", "-n", Niceness, MediaTool.Ffmpeg, "-nostdin", .. arguments]);
            return new CodingChild(process, ended);
        }
        catch (Win32Exception)
        {
            throw new MediaException("ffmpeg_missing", "setpriv does not run: install util-linux and ffmpeg.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Ended.IsCompleted) _process.Kill(entireProcessTree: true);
        await Ended;
        await _remarks;
        _process.Dispose();
    }
}
