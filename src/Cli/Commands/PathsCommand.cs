using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive paths</c>: everything a node keeps, and where.</summary>
internal static class PathsCommand
{
    public static Command Build(Terminal terminal) =>
        new Command("paths", "List every file and directory this node uses.").Runs(terminal, RunAsync);

    private static Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var home = invocation.Home;
        (string Name, string Path)[] paths =
        [
            ("dataDirectory", home.Directory),
            ("config", home.ConfigFile),
            ("token", home.TokenFile),
            ("url", home.UrlFile),
            ("imports", home.ImportsFile),
            ("fingerprints", home.FingerprintDirectory),
        ];
        var document = new JsonObject { ["exists"] = Directory.Exists(home.Directory) };
        foreach (var (name, path) in paths) document[name] = path;
        var table = Terminal.Table(["What", "Where"], paths.Select(p => new[] { p.Name, p.Path }));
        return Task.FromResult(Answer.Done(document) with { Table = table });
    }
}
