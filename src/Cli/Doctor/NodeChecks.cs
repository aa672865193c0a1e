using System.Text.Json.Nodes;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary>What the running node says: how it is, what peers' clocks show, whether they can call it.</summary>
internal static class NodeChecks
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    public static bool IsRunning(Home home) => File.Exists(home.UrlFile);

    public static async Task<IReadOnlyList<Finding>> AllAsync(Home home, CancellationToken cancellation)
    {
        if (!IsRunning(home)) return [Finding.Ok("node", "not running; peers are asked only while it runs")];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerMax);
        try
        {
            using var node = NodeApi.Open(home);
            var status = (JsonObject)await node.GetAsync("/api/v1/federation/status", limit.Token);
            var well = status.Text("state") == "well";
            return
            [
                well
                    ? Finding.Ok("node", status.Need("verdict"))
                    : Finding.Problem("node", status.Need("verdict"), "anarchive status"),
                Finding.Ok(PortChecks.Pages, $"this node serves at {node.Address}"),
                status.Text("endpoint") is { } told && !told.StartsWith("http://", StringComparison.Ordinal)
                    ? Finding.Ok(PortChecks.Peers, $"peers are told {told}")
                    : PortChecks.None,
                Clocks([.. status.Array("peers")]),
                Reach((JsonObject)await node.PostAsync("/api/v1/federation/reach", [], limit.Token)),
            ];
        }
        catch (CliFailure failure)
        {
            return [Finding.Problem("node", failure.Message, "anarchive serve")];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [Finding.Problem("node", "It runs and does not answer.", "Its log tells what it is doing.")];
        }
    }

    internal static Finding Clocks(IReadOnlyList<JsonObject> peers) => PeerChecks.Clocks(
    [
        .. peers.Select(p => (
            p.Text("name"), p["clock_ahead_ms"] is null ? (long?)null : p.Number("clock_ahead_ms"))),
    ]);

    internal static Finding Reach(JsonObject reach) => PeerChecks.Reach(
        reach.Text("endpoint"),
        [.. reach.Array("answers").Select(a => (a["reached"]?.GetValue<bool>() == true, a.Text("code")))]);
}
