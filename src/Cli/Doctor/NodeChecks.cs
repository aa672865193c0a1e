using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Log;

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

    /// <summary>The median of peers decides: one of them may be the one that is wrong.</summary>
    internal static Finding Clocks(IReadOnlyList<JsonObject> peers)
    {
        const string check = "peers' clocks";
        var ahead = peers.Where(p => p["clock_ahead_ms"] is not null).Select(p => p.Number("clock_ahead_ms"))
            .Order().ToArray();
        if (ahead.Length == 0) return Finding.Ok(check, "no peer has been heard yet");
        var median = ahead[ahead.Length / 2];
        if (Math.Abs(median) > Limits.RequestSkewMs)
            return Finding.Problem(
                check,
                $"This machine's clock is {Apart(median)} {(median > 0 ? "behind" : "ahead of")} its peers'.",
                "Set the clock, or let NTP set it; then restart the node.");
        var wrong = peers.Where(p => Math.Abs(p.Number("clock_ahead_ms")) > Limits.RequestSkewMs).ToList();
        return wrong.Count == 0
            ? Finding.Ok(check, $"within {Apart(ahead.Max(Math.Abs))} of ours")
            : Finding.Advice(
                check,
                string.Join(", ", wrong.Select(p => $"{p.Text("name")} is off by {Apart(p.Number("clock_ahead_ms"))}")),
                "Tell their owners to set their clocks.");
    }

    /// <summary>One peer that can call is enough: another may be behind a wall of its own.</summary>
    internal static Finding Reach(JsonObject reach)
    {
        const string check = "reachability";
        var answers = reach.Array("answers").ToList();
        // Those that were asked a moment ago do not answer anew.
        var said = answers.Where(a => a.Text("code") != "rate_limited").ToList();
        var reached = said.Count(a => a["reached"]?.GetValue<bool>() == true);
        var from = string.Create(CultureInfo.InvariantCulture, $"{reached} of {Counted.Of(said.Count, "peer")} asked");
        if (answers.Count == 0) return Finding.Ok(check, "no peer is there that could be asked");
        if (said.Count == 0) return Finding.Ok(check, "peers were asked within the last half minute: ask again later");
        if (reached > 0) return Finding.Ok(check, $"{from} can call this node");
        return Finding.Problem(
            check,
            $"{from} can call this node at {reach.Text("endpoint") ?? "any address"}: "
                + string.Join(", ", said.Select(a => a.Text("code") ?? "unreachable").Distinct()) + ".",
            "Open the port of peers.listen in firewall and router, and set peers.endpoint to the address outside.");
    }

    private static string Apart(long ms) => Math.Abs(ms) switch
    {
        < 1_000 => "a second",
        < 120_000 and var near => string.Create(CultureInfo.InvariantCulture, $"{near / 1000} s"),
        var far => string.Create(CultureInfo.InvariantCulture, $"{far / 60_000} min"),
    };
}
