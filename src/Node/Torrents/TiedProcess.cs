using System.Diagnostics;

namespace Anarchive.Node;

/// <summary>Starts a program that the kernel ends with this process, however this process ends.</summary>
/// <remarks>
/// The signal of <c>setpriv --pdeathsig</c> is sent when the thread ends that started the child (prctl(2),
/// PR_SET_PDEATHSIG), so that thread is the child's own and waits for it.
/// </remarks>
internal static class TiedProcess
{
    /// <summary>The process, whose standard input is closed, and its exit code once it ended.</summary>
    /// <param name="signal">That ends it: <c>TERM</c> or <c>KILL</c>.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">setpriv is not installed.</exception>
    public static async Task<(Process Process, Task<int> Ended)> StartAsync(
        string name, string signal, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", signal, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Run) { IsBackground = true, Name = name }.Start();
        return (await started.Task, ended.Task);

        void Run()
        {
            try
            {
                var process = Process.Start(start)!;
                process.StandardInput.Close();
                started.SetResult(process);
                process.WaitForExit();
                ended.SetResult(process.ExitCode);
            }
            catch (System.ComponentModel.Win32Exception absent)
            {
                started.SetException(absent);
            }
        }
    }
}
