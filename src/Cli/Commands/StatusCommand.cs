using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive status</c>: the verdict, what needs the owner, and one line about the rest.</summary>
internal static class StatusCommand
{
    public static Command Build(Terminal terminal) =>
        new Command("status", "Say how this node and its peers are: exit code 0 is well, 1 degraded.")
            .Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var status = (JsonObject)await node.GetAsync("/api/v1/federation/status", cancellation);
        var document = (JsonObject)Documents.Camel(status)!;
        document["url"] = node.Address.ToString();
        var needs = status.Array("needs").ToList();
        document["well"] = needs.Count == 0;
        var peers = status.Array("peers").ToDictionary(p => p.Need("instance_id"));
        List<string> lines = [Headline(status, needs)];
        var rows = needs.Select(n => new[] { n.Need("subject"), Cause(n, peers), n.Need("action") }).ToArray();
        lines.AddRange(Columns(rows));
        if (peers.Count > 0) lines.Add(Rest(status, peers.Values));
        var answer = Answer.Done(document, [.. lines]);
        return needs.Count == 0 ? answer : answer with { ExitCode = ExitCodes.Bad };
    }

    private static string Headline(JsonObject status, List<JsonObject> needs)
    {
        if (needs.Count == 0) return $"well: {status.Need("verdict")}";
        var peers = needs.Count(n => n.Text("instance_id") is not null);
        var parts = new List<string>();
        if (needs.Count > peers) parts.Add("this node");
        if (peers > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{peers} of {status.Count("peers_total", "peer")}"));
        var verb = peers + (needs.Count > peers ? 1 : 0) == 1 ? "needs" : "need";
        return $"degraded: {string.Join(" and ", parts)} {verb} you";
    }

    private static string Cause(JsonObject need, Dictionary<string, JsonObject> peers)
    {
        var cause = need.Need("cause");
        return need.Text("instance_id") is { } id && peers.GetValueOrDefault(id) is { } peer
            && peer.Number("last_heard_ms") is > 0 and var heard
            ? $"{cause} Last heard {Ago(heard)} ago."
            : cause;
    }

    /// <summary>Columns as wide as their longest cell; the last ends where it ends.</summary>
    private static IEnumerable<string> Columns(string[][] rows)
    {
        var widths = Enumerable.Range(0, 2).Select(c => rows.Select(r => r[c].Length).DefaultIfEmpty().Max()).ToArray();
        return rows.Select(r => $"{r[0].PadRight(widths[0])}  {r[1].PadRight(widths[1])}  {r[2]}".TrimEnd());
    }

    private static string Rest(JsonObject status, IEnumerable<JsonObject> peers)
    {
        var counts = (JsonObject)status["peers_by_state"]!;
        var parts = counts.Where(c => counts.Number(c.Key) > 0 || c.Key == "in_step")
            .Select(c => $"{c.Key.Replace('_', ' ')} {counts.Count(c.Key)}");
        var heard = peers.Max(p => p.Number("last_heard_ms"));
        var when = heard == 0
            ? ""
            : ", as last heard " + DateTimeOffset.FromUnixTimeMilliseconds(heard).ToLocalTime()
                .ToString("HH:mm", CultureInfo.InvariantCulture);
        return string.Join(", ", parts) + when;
    }

    private static string Ago(long thenMs)
    {
        var gone = TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(thenMs);
        return gone.TotalSeconds < 90
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)gone.TotalSeconds)} s")
            : gone.TotalMinutes < 90
                ? string.Create(CultureInfo.InvariantCulture, $"{(int)gone.TotalMinutes} min")
                : string.Create(CultureInfo.InvariantCulture, $"{(int)gone.TotalHours} h {gone.Minutes} min");
    }
}
