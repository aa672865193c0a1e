using System.ComponentModel;
using System.Diagnostics;

namespace Anarchive.Node;

/// <summary>A program that runs as long as this process does, and no longer, however this process ends.</summary>
/// <remarks>
/// Holding the file at <c>lock</c> is left to flock(1), which hands it on to the program: it is free again exactly when
/// the program has ended, whoever started it.
/// </remarks>
internal sealed class BoundChild : IAsyncDisposable
{
    /// <summary>What it exits with where another holds the lock.</summary>
    public const int LockedExit = 75; // EX_TEMPFAIL

    private readonly Process _process;
    private readonly Task _remarks;

    private BoundChild(Process process, Task<int> ended)
    {
        (_process, Ended) = (process, ended);
        // What it says is read, so that it never waits to be heard, and dropped: it may name paths.
        _remarks = Task.WhenAll(
            process.StandardOutput.BaseStream.CopyToAsync(Stream.Null),
            process.StandardError.BaseStream.CopyToAsync(Stream.Null));
    }

    public int Id => _process.Id;

    /// <summary>Ends with the child, with its exit code.</summary>
    public Task<int> Ended { get; }

    /// <summary>Starts a program while no other holds that lock.</summary>
    /// <exception cref="CarrierException"><c>client_missing</c></exception>
    public static async Task<BoundChild> StartAsync(
        string program, IReadOnlyList<string> arguments, string lockPath)
    {
        if (!IsInstalled(program)) throw Missing(program, null);
        try
        {
            var (process, ended) = await TiedProcess.StartAsync(
                program, "TERM",
                [
                    "flock", "--no-fork", "--nonblock", "--conflict-exit-code", $"{LockedExit}", lockPath,
                    program, .. arguments,
                ]);
            return new BoundChild(process, ended);
        }
        catch (Win32Exception absent)
        {
            throw Missing("setpriv", absent);
        }
    }

    /// <summary>Kills it where it has not ended by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Ended.IsCompleted) _process.Kill(entireProcessTree: true);
        await Ended;
        await _remarks;
        _process.Dispose();
    }

    private static CarrierException Missing(string program, Exception? cause) =>
        new("client_missing", $"{program} does not run on this machine: install it.", cause);

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
