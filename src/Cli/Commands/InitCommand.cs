using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Cli;

/// <summary><c>anarchive init</c>: makes a data directory with its keys, so that a service can start on it.</summary>
internal static class InitCommand
{
    public static Command Build(Terminal terminal) =>
        new Command("init", "Make the data directory and this node's keys; changes nothing where they are.")
            .Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var home = invocation.Home;
        await using var app = WebHost.Build(ServeCommand.Options(home), null);
        var self = app.Services.GetRequiredService<LogWriter>().Self.ToString();
        var document = new JsonObject { ["dataDirectory"] = home.Directory, ["instanceId"] = self };
        return Answer.Done(document, $"This node is {self}", $"Data directory: {home.Directory}");
    }
}
