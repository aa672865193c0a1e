using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>A node running as a process of its own, started from these very files; stopped when disposed.</summary>
/// <remarks>
/// The child serves until its standard input ends. So it also stops when its parent dies without a word, and no
/// signal is sent to a number that may have become someone else's.
/// </remarks>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const string AnyPort = "http://127.0.0.1:0";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(15);

    private readonly Process _process;

    private NodeProcess(Process process, Home home, string url)
    {
        (_process, Home, Url) = (process, home, url);
        Api = NodeApi.Open(home);
    }

    public Home Home { get; }

    public string Url { get; }

    public NodeApi Api { get; }

    public int Id => _process.Id;

    /// <summary>Null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Starts a node on loopback, by default on a free port, and waits until it serves.</summary>
    public static async Task<NodeProcess> StartAsync(
        Home home, string name, Action<string> log, CancellationToken cancellation, string listen = AnyPort,
        string? publicEndpoint = null)
    {
        string[] arguments = ["serve", "--json", "--attached", "--listen", listen, "--name", name];
        if (publicEndpoint is not null) arguments = [.. arguments, "--public-endpoint", publicEndpoint];
        var process = new Process { StartInfo = StartInfo([.. arguments, "--home", home.Directory]) };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text) log($"{name}: {text}");
        };
        process.Start();
        process.BeginErrorReadLine();
        try
        {
            var said = process.StandardOutput.ReadLineAsync(cancellation).AsTask();
            var ready = await said.WaitAsync(StartMax, cancellation);
            return new NodeProcess(process, home, Url(ready));
        }
        catch
        {
            await EndAsync(process);
            throw;
        }

        string Url(string? ready) =>
            ready is not null && Parse(ready)?.Text("url") is { } url
                ? url
                : throw CliFailure.CannotRun("no_node", Said(ready) ?? $"The node {name} did not start.");
    }

    /// <summary>Kilobytes of memory this process held at most; null where the system does not tell.</summary>
    public long? PeakKilobytes()
    {
        var status = $"/proc/{Id}/status";
        if (!File.Exists(status)) return null;
        var line = File.ReadLines(status).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is not null && long.TryParse(line[6..].Replace("kB", "").Trim(), out var peak) ? peak : null;
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Sends it a signal by its name: STOP suspends it, CONT lets it go on.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancellation)
    {
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellation);
    }

    /// <summary>Ends it at once, as the system's kill -9 does, and waits until it is gone.</summary>
    public Task KillAsync(CancellationToken cancellation)
    {
        _process.Kill();
        return _process.WaitForExitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await EndAsync(_process);
    }

    private static async Task EndAsync(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(StopMax);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "anarchive.dll");
        var host = Environment.ProcessPath;
        // Beside a runtime the program is a library that dotnet runs; published as one file it runs itself.
        var info = Path.GetFileNameWithoutExtension(host) == "dotnet" || Path.GetFileName(host) != "anarchive"
            ? new ProcessStartInfo("dotnet", [program, .. arguments])
            : new ProcessStartInfo(host!, arguments);
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        return info;
    }

    private static string? Said(string? ready) =>
        ready is null ? null : (Parse(ready)?["error"] as JsonObject)?.Text("sentence");

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
