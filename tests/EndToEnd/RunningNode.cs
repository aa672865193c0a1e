using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>A node in its own process, as a person starts it, with a fresh data directory.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private readonly string _directory;
    private readonly (string Name, string Value)[] _settings;
    private Process _process;
    private bool _isDisposed;

    private RunningNode(Process process, string directory, string url, (string Name, string Value)[] settings)
    {
        _process = process;
        _directory = directory;
        _settings = settings;
        Url = url;
    }

    public string Url { get; }

    /// <summary>Where a test may put files for it; gone with the node.</summary>
    public string Folder => _directory;

    /// <summary>Starts it with settings as its environment gives them, such as <c>Hub__Enabled</c>.</summary>
    public static async Task<RunningNode> StartAsync(params (string Name, string Value)[] settings)
    {
        var directory = Directory.CreateTempSubdirectory("anarchive-e2e-").FullName;
        var (process, url) = await ServeAsync(directory, "http://127.0.0.1:0", settings);
        return new RunningNode(process, directory, url, settings);
    }

    /// <summary>Ends it at once, as the system's kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, at the same address and with what it kept.</summary>
    public async Task StartAgainAsync()
    {
        _process.Dispose();
        (_process, _) = await ServeAsync(_directory, Url, _settings);
    }

    /// <summary>A client with the owner's token, as programs of this machine have it.</summary>
    public HttpClient OpenApi()
    {
        var token = File.ReadAllText(Path.Combine(_directory, "data", "api.token")).Trim();
        return new HttpClient
        {
            BaseAddress = new Uri(Url + "/api/v1/"),
            DefaultRequestHeaders = { Authorization = new("Bearer", token) },
        };
    }

    /// <summary>Runs a command on it that must succeed; what it prints.</summary>
    public async Task<string> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "anarchive.dll"), .. command, "--home",
                Path.Combine(_directory, "data"),
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = _directory },
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The command did not start.");
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var complained = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, string.Join(' ', command) + ": " + await said + complained);
        return await said;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<(Process Process, string Url)> ServeAsync(
        string directory, string listen, (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = directory },
        };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "anarchive.dll"), "serve", "--home", Path.Combine(directory, "data"),
            "--listen", listen, "--json",
        ];
        foreach (var (name, value) in settings) start.Environment["ANARCHIVE__" + name] = value;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("The node did not start.");
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var ready = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (ready is null) Assert.Fail("The node ended before it was ready: " + await errors);
        using var document = JsonDocument.Parse(ready);
        return (process, document.RootElement.GetProperty("url").GetString()!.TrimEnd('/'));
    }
}
