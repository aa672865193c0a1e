using System.Diagnostics;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The unit for systemd, read by systemd itself; and a node told to stop as systemd does.</summary>
public sealed class ServiceFileTests : IDisposable
{
    private const string Analyze = "/usr/bin/systemd-analyze";

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-service-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_the_unit()
    {
        Assert.SkipUnless(File.Exists(Analyze), "systemd-analyze is not installed.");
        var file = Path.Combine(AppContext.BaseDirectory, "anarchive.service");
        var unit = await File.ReadAllTextAsync(file, Cancellation);
        // Its program has to be there, and is installed nowhere here.
        var copy = Path.Combine(_scratch.FullName, "anarchive.service");
        await File.WriteAllTextAsync(copy, unit.Replace("/usr/local/bin/anarchive", "/bin/true"), Cancellation);
        using var analyze = Process.Start(new ProcessStartInfo(Analyze, ["verify", "--man=no", copy])
        {
            RedirectStandardError = true,
        })!;
        var said = await analyze.StandardError.ReadToEndAsync(Cancellation);
        await analyze.WaitForExitAsync(Cancellation);
        var ours = said.Split('\n').Where(line => line.Contains("anarchive.service", StringComparison.Ordinal));
        Assert.Empty(ours);
    }

    [Fact]
    public async Task A_node_that_is_told_to_stop_by_a_signal_ends_well()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "anarchive.dll");
        for (var n = 0; n < 3; n++)
        {
            using var node = Process.Start(new ProcessStartInfo(
                "dotnet", [program, "serve", "--listen", "http://127.0.0.1:0", "--home", _scratch.FullName])
            {
                RedirectStandardOutput = true,
            })!;
            Assert.StartsWith("Pages: ", await node.StandardOutput.ReadLineAsync(Cancellation));
            using (var kill = Process.Start("kill", ["-TERM", $"{node.Id}"])) await kill.WaitForExitAsync(Cancellation);
            await node.WaitForExitAsync(Cancellation);
            Assert.Equal(0, node.ExitCode);
        }
    }

    public void Dispose() => _scratch.Delete(recursive: true);
}
