using System.Collections;
using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Cli;

/// <summary><c>anarchive serve</c>: runs a node until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(10);

    private static readonly Option<string?> Listen = new("--listen")
    {
        Description = "Where to serve; port 0 takes a free one. Otherwise http://127.0.0.1:7420.",
        HelpName = "URL",
    };

    private static readonly Option<string?> PeerListen = new("--peer-listen")
    {
        Description = "Where peers reach this node: https://IP:PORT, or http:// on loopback behind a reverse proxy.",
        HelpName = "URL",
    };

    private static readonly Option<string?> Name = new("--name")
    {
        Description = "What people call this node; otherwise the machine's name.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> PublicEndpoint = new("--public-endpoint")
    {
        Description = "The address that invites name; otherwise where it serves.",
        HelpName = "URL",
    };

    private static readonly Option<string?> AllowedHosts = new("--allowed-hosts")
    {
        Description = "Host names, divided by commas, under which pages may be asked for; otherwise those of loopback.",
        HelpName = "NAMES",
    };

    private static readonly Option<string?> TrustedProxies = new("--trusted-proxies")
    {
        Description = "Addresses and networks, divided by commas, of the reverse proxies before the pages.",
        HelpName = "ADDRESSES",
    };

    private static readonly Option<string?> LogFormat = new("--log-format")
    {
        Description = "The form of the log's lines on stderr: text or json.",
        HelpName = "FORM",
    };

    private static readonly Option<bool> Attached = new("--attached")
    {
        Description = "Stop when standard input ends, for programs that start a node.",
    };

    public static Command Build(Terminal terminal) =>
        new Command("serve", "Run the node until it is told to stop.")
        {
            Listen, PeerListen, PublicEndpoint, AllowedHosts, TrustedProxies, Name, LogFormat, Attached,
        }.Runs(terminal, RunAsync);

    /// <summary>The options a data directory is opened with by commands that do not serve.</summary>
    public static NodeOptions Options(Home home) => new() { DataDirectory = home.Directory };

    /// <summary>What is in force for a node on this data directory, with these options of the command.</summary>
    public static NodeSettings Settings(Home home, Dictionary<string, string?> flags) => NodeSettings.Read(
        ConfigFile.Read(home.Directory),
        flags,
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? "")));

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var home = invocation.Home;
        // Once, however often the node starts: a second read of the input would wait beside the first.
        var input = invocation.Value(Attached)
            ? ReadToEndAsync(cancellation)
            : Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        string? listen = null;
        while (true)
        {
            // Settings that were changed while it ran, such as its name, hold when it starts again.
            var options = Settings(home, new()
            {
                ["listen"] = invocation.Value(Listen),
                ["name"] = invocation.Value(Name),
                ["peers.listen"] = invocation.Value(PeerListen),
                ["peers.endpoint"] = invocation.Value(PublicEndpoint),
                ["allowed_hosts"] = invocation.Value(AllowedHosts),
                ["trusted_proxies"] = invocation.Value(TrustedProxies),
                ["log.format"] = invocation.Value(LogFormat),
            }).Apply(Options(home));
            var isFirst = listen is null;
            if (listen is not null) options = options with { Listen = listen };
            (var ending, listen) = await ServeAsync(invocation, options, isFirst, input, cancellation);
            if (ending == Ending.Told) return Answer.Silent;
            if (ending == Ending.Failed)
                throw CliFailure.CannotRun("node_failed", "The node stopped by itself; the lines above say why.");
        }
    }

    /// <summary>Runs one node until it ends, and answers why, and where it would listen if it started again.</summary>
    private static async Task<(Ending Ending, string Listen)> ServeAsync(
        Invocation invocation, NodeOptions options, bool isFirst, Task input, CancellationToken cancellation)
    {
        var (home, serving, ending) = (invocation.Home, false, Ending.Failed);
        var systemd = new SystemdNotify(Environment.GetEnvironmentVariable);
        // A start that fails is told in one sentence; the host would print its stack as well.
        await using var app = WebHost.Build(options, builder =>
        {
            builder.Logging.AddFilter(
                "Microsoft.Extensions.Hosting", level => serving && level >= LogLevel.Warning);
            builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        });
        var url = await WebHost.StartAsync(app, cancellation);
        serving = true;
        try
        {
            // Only now: whoever was refused above must not point other commands at itself.
            Home.WritePrivate(home.UrlFile, url + "\n");
            // Programs that started it read one document and no more.
            if (isFirst) await SayReadyAsync(invocation, app, url, cancellation);
            systemd.Ready();
            // Being ready starts no new period: what came before the start still counts.
            systemd.Alive();
            ending = await EndAsync(app, systemd, input, cancellation);
        }
        finally
        {
            // A node that comes back at once is none that stops: systemd would count on its end.
            if (ending == Ending.Restarts) systemd.Alive();
            else systemd.Stopping();
            File.Delete(home.UrlFile);
            using var patience = new CancellationTokenSource(StopMax);
            await app.StopAsync(patience.Token);
        }

        // Pages that are open look for it where it was, and a free port would be another.
        var listen = new UriBuilder(options.Listen) { Port = url.Port }.Uri;
        return (ending, listen.GetLeftPart(UriPartial.Authority));
    }

    private static async Task SayReadyAsync(
        Invocation invocation, WebApplication app, Uri url, CancellationToken cancellation)
    {
        var directory = invocation.Home.Directory;
        var document = new JsonObject
        {
            ["url"] = url.ToString(),
            ["dataDirectory"] = directory,
            ["pid"] = Environment.ProcessId,
            ["instanceId"] = app.Services.GetRequiredService<LogWriter>().Self.ToString(),
        };
        string[] lines = [$"Pages: {url}", $"Data directory: {directory}"];
        if (SetupDesk.IsNeeded(
                app.Services.GetRequiredService<NodeOptions>(), app.Services.GetRequiredService<AccessBook>())
            && await app.Services.GetRequiredService<SetupDesk>().MakeAsync(cancellation) is { } setup)
        {
            document["setupLinks"] = new JsonArray([.. setup.Links.Select(link => (JsonNode)link)]);
            lines = [.. lines, .. AccessCommand.Lines(setup.Links, setup.ExpiresMs)];
        }

        var answer = Answer.Done(document, lines);
        CommandLine.Print(invocation.Terminal, invocation.Json, answer);
        invocation.Terminal.Results.Flush();
    }

    private static async Task<Ending> EndAsync(
        WebApplication app, SystemdNotify systemd, Task input, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation, app.Lifetime.ApplicationStopping);
        try
        {
            using var beats = new PeriodicTimer(systemd.WatchdogEvery ?? Timeout.InfiniteTimeSpan);
            while (true)
            {
                var beat = beats.WaitForNextTickAsync(ended.Token).AsTask();
                if (await Task.WhenAny(input, beat) == input) return Ending.Told;
                await beat;
                systemd.Alive();
            }
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested ? Ending.Told
                : app.Services.GetRequiredService<RestoreDesk>().Stage == RestoreStage.Asked ? Ending.Restarts
                : Ending.Failed;
        }
    }

    private enum Ending
    {
        /// <summary>The node ended by itself.</summary>
        Failed,

        /// <summary>A person or the parent ended it.</summary>
        Told,

        /// <summary>It makes way for the node of a backup.</summary>
        Restarts,
    }

    /// <summary>
    /// Signals are the command's affair: were the host to hear them as well, being told to stop would now and then look
    /// like stopping by itself.
    /// </summary>
    private sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static async Task ReadToEndAsync(CancellationToken cancellation)
    {
        using var input = Console.OpenStandardInput();
        var ignored = new byte[256];
        // A read of the console cannot be cancelled once it waits: it is left behind.
        while (await input.ReadAsync(ignored, CancellationToken.None).AsTask().WaitAsync(cancellation) > 0)
        {
        }
    }
}
