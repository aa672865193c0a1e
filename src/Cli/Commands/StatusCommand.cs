using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive status</c>: the verdict first, then peers, problems before the rest.</summary>
internal static class StatusCommand
{
    public static Command Build(Terminal terminal) =>
        new Command("status", "Say whether this node and its peers are in step.").Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var status = (JsonObject)await node.GetAsync("/api/v1/status", cancellation);
        var peers = (JsonArray)await node.GetAsync("/api/v1/sync/peers", cancellation);
        var document = (JsonObject)Documents.Camel(status)!;
        document["peers"] = Documents.Camel(peers);
        document["peersTotal"] = status.Number("peers");
        document["url"] = node.Address.ToString();

        var rows = peers.OfType<JsonObject>()
            .OrderBy(p => p.Text("state") == "in_step")
            .Select(p => new[]
            {
                p.Text("name") ?? "", p.Text("state")?.Replace('_', ' ') ?? "", p.Text("cause") ?? "",
                p.Count("behind_by"), p.Count("ahead_by"),
            });
        var answer = Answer.Done(document, status.Need("verdict"));
        if (peers.Count > 0)
            answer = answer with { Table = Terminal.Table(["Peer", "State", "Cause", "Behind", "Ahead"], rows) };
        return status["well"]?.GetValue<bool>() == true ? answer : answer with { ExitCode = ExitCodes.Bad };
    }
}
