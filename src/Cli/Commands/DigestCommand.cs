using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive digest</c>: what two nodes compare to know that they hold the same.</summary>
internal static class DigestCommand
{
    public static Command Build(Terminal terminal) =>
        new Command("digest", "Print each group's state digest, vector digest and counts.").Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var groups = (JsonArray)await node.GetAsync("/api/v1/sync/groups", cancellation);
        var rows = groups.OfType<JsonObject>().Select(g => new[]
        {
            g.Text("hive") ?? "", g.Text("state_digest") ?? "", g.Text("vector_digest") ?? "", g.Count("events"),
            g.Count("posts"), g.Count("comments"),
        });
        return Answer.Done(new JsonObject { ["groups"] = Documents.Camel(groups) }) with
        {
            Table = Terminal.Table(["Hive", "State digest", "Vector digest", "Events", "Posts", "Comments"], rows),
        };
    }
}
