using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive init</c>: makes a data directory with its keys, so that a service can start on it.</summary>
internal static class InitCommand
{
    public static Command Build(Terminal terminal) =>
        new Command("init", "Make the data directory and this node's keys.").Runs(terminal, RunAsync);

    private static Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var home = invocation.Home;
        var document = new JsonObject { ["dataDirectory"] = home.Directory };
        return Task.FromResult(Answer.Done(document, $"Data directory: {home.Directory}"));
    }
}
