using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive reindex</c>: what is shown, made anew from the log.</summary>
internal static class ReindexCommand
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    private static readonly Argument<string> Hive = new("hive")
    {
        Description = "The hive's name here; all hives where it is left out.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    public static Command Build(Terminal terminal) =>
        new Command("reindex", "Make a hive's rows and its search index anew from the log; the node goes on serving.")
        {
            Hive,
        }.Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var only = invocation.Value(Hive);
        var groups = ((JsonArray)await node.GetAsync("/api/v1/sync/groups", cancellation)).OfType<JsonObject>()
            .Where(g => only.Length == 0 || g.Text("hive") == only).ToArray();
        if (groups.Length == 0 && only.Length > 0)
            throw CliFailure.Refused("not_found", "There is no such hive here.");
        var done = new JsonArray();
        var same = true;
        foreach (var group in groups)
        {
            var rebuilt = await RebuildAsync(invocation, node, group, cancellation);
            rebuilt["same"] = rebuilt.Text("state_digest") == group.Text("state_digest");
            same &= rebuilt["same"]!.GetValue<bool>();
            done.Add(Documents.Camel(rebuilt));
        }

        return Answer.Done(
            new JsonObject { ["hives"] = done },
            $"{Counted.Of(groups.Length, "hive")} made anew from the log.",
            same ? "Every state digest is as it was." : "A state digest differs: rows were wrong, or new events came.");
    }

    private static async Task<JsonObject> RebuildAsync(
        Invocation invocation, NodeApi node, JsonObject group, CancellationToken cancellation)
    {
        using var progress = new Progress(invocation.Terminal);
        var hive = group.Need("hive");
        var rebuild = node.PostAsync("/api/v1/sync/reindex", new JsonObject { ["hive"] = hive }, cancellation);
        while (await Task.WhenAny(rebuild, Task.Delay(Between, cancellation)) != rebuild)
        {
            var now = (JsonObject)await node.GetAsync("/api/v1/sync/reindex", cancellation);
            progress.Tell(string.Create(
                CultureInfo.InvariantCulture, $"{hive}: {now.Count("folded")} of {group.Count("events", "event")}"));
        }

        return (JsonObject)await rebuild;
    }
}
