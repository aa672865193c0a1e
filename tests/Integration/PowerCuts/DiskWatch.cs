using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A library that stands between a process and its disk, and processes that run behind it.</summary>
internal static class DiskWatch
{
    /// <summary>Names the sync that fails.</summary>
    public const string FailSync = "DISKWATCH_FAIL_SYNC";

    private static readonly Lazy<string?> Built = new(Build);

    private delegate void FailCall(nint n, int error, int more);

    private delegate nint CallsCall();

    /// <summary>In a watched process: one of its syncs fails.</summary>
    public static bool FailsSync => Environment.GetEnvironmentVariable(FailSync) is not null;

    /// <summary>Skips the test where there is no compiler.</summary>
    public static void Need() => Assert.SkipWhen(
        Built.Value is null, "SKIPPED: gcc and libc6-dev are missing, so the disk cannot be watched.");

    /// <summary>
    /// Runs a watched program in a process of its own, whose calls below <paramref name="root"/> go through the
    /// library, and waits for it to end well; what it said on standard output.
    /// </summary>
    public static async Task<string> Run(
        string program, string root, string? trace, params (string Name, string Value)[] more)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Anarchive.Tests.Integration"), [Program.Watched, program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LD_PRELOAD"] = Built.Value;
        start.Environment["DISKWATCH_ROOT"] = root;
        if (trace is not null) start.Environment["DISKWATCH_TRACE"] = trace;
        foreach (var (name, value) in more) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var said = process.StandardOutput.ReadToEndAsync(cancellation);
        var complained = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, await complained + await said);
        return await said;
    }

    /// <summary>What <see cref="Run"/> passed on to this process.</summary>
    public static string Passed(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");

    /// <summary>In a watched process: fails call n with an error, and where asked all that follow it.</summary>
    public static void Fail(long n, int error, bool more) =>
        Call<FailCall>("diskwatch_fail")((nint)n, error, more ? 1 : 0);

    /// <summary>In a watched process: calls since the last <see cref="Fail"/> that could meet its error.</summary>
    public static long Calls() => Call<CallsCall>("diskwatch_calls")();

    private static T Call<T>(string name)
        where T : Delegate =>
        Marshal.GetDelegateForFunctionPointer<T>(
            NativeLibrary.GetExport(NativeLibrary.Load(Passed("LD_PRELOAD")), name));

    private static string? Build()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "PowerCuts", "diskwatch.c");
        var library = Path.ChangeExtension(source, ".so");
        var start = new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-O2", "-o", library, source])
        {
            RedirectStandardError = true,
        };
        try
        {
            using var gcc = Process.Start(start)!;
            var said = gcc.StandardError.ReadToEnd();
            gcc.WaitForExit();
            return gcc.ExitCode == 0 ? library : throw new InvalidOperationException(said);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
