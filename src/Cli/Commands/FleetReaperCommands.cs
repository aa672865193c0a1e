using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet reaper | peers | walk</c>: torrents that stall, and who can give their bytes.</summary>
internal static class FleetReaperCommands
{
    private static readonly Argument<string> InfoHash = new("infohash")
    {
        Description = "40 or 64 hexadecimal digits in lower case.",
    };

    private static readonly Option<bool> Off = new("--off") { Description = "The DHT is asked for it no longer." };

    public static IEnumerable<Command> Build(Terminal terminal) =>
    [
        new Command("reaper", "Show how torrents fare, and what would be done; --apply does it.")
        {
            FleetTelling.Apply,
        }.Runs(terminal, ReaperAsync),
        new Command("peers", "Say who can give a torrent's bytes.") { InfoHash }.Runs(terminal, PeersAsync),
        new Command("walk", "Let the DHT be asked for a public torrent, or no longer.") { InfoHash, Off }
            .Runs(terminal, WalkAsync),
    ];

    private static async Task<Answer> ReaperAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        if (invocation.Value(FleetTelling.Apply) is { } plan)
            return Taken((JsonObject)await node.PostAsync(
                $"{FleetCommand.Path}/reaper/plans/{Uri.EscapeDataString(plan)}", [], cancellation));
        var reaper = (JsonObject)await node.GetAsync(FleetCommand.Path + "/reaper", cancellation);
        var torrents = reaper.Array("torrents").ToList();
        var stalled = torrents.Count(t => t.Text("state") != "healthy");
        List<string> lines =
        [
            reaper.Text("fault") is { } fault ? $"nothing was seen: {fault}"
                : reaper.Flag("frozen") ? "frozen: so many stall at once that it is an outage here; nothing is done"
                : stalled == 0 ? $"well: no torrent of {torrents.Count} stalls"
                : $"{stalled} of {Counted.Of(torrents.Count, "torrent")} get no bytes",
        ];
        var proposed = torrents.Where(t => t.Text("next") is not null && !t.Flag("live")).ToList();
        foreach (var torrent in proposed)
            lines.Add($"{torrent.Need("next")} {FleetTelling.Short(torrent.Text("infohash"))}");
        if (proposed.Count > 0) lines.Add($"Nothing was done. To do it: --apply {reaper.Need("plan")}");
        var answer = Answer.Done((JsonObject)Documents.Camel(reaper)!, [.. lines]);
        return torrents.Count == 0
            ? answer
            : answer with
            {
                Table = Terminal.Table(
                    ["Torrent", "State", "Client", "Complete", "Private", "Ours", "Next"],
                    torrents.Select(t => new[]
                    {
                        FleetTelling.Short(t.Text("infohash")), t.Need("state"), t.Need("activity"),
                        $"{t.Number("complete") / 10} %", t.Need("private"),
                        t.Flag("labelled") && t.Flag("known") ? "yes" : "no", t.Text("next") ?? "",
                    })),
            };
    }

    private static Answer Taken(JsonObject done)
    {
        var taken = done.Array("taken").ToList();
        List<string> lines = [Counted.Of(taken.Count, "act") + " done."];
        foreach (var one in taken)
            foreach (var hit in one.Array("hits"))
                lines.Add(
                    $"found for {FleetTelling.Short(one.Text("infohash"))}: {hit.Need("title")}, "
                    + (hit.Number("size") > 0 ? hit.Count("size", "byte") : "size not told")
                    + $", {Counted.Of((int)hit.Number("seeders"), "seeder")} {hit.Text("infohash")}");
        return Answer.Done((JsonObject)Documents.Camel(done)!, [.. lines]) with
        {
            Table = Terminal.Table(["Torrent", "Act", "Outcome", "Found"], taken.Select(t => new[]
            {
                FleetTelling.Short(t.Text("infohash")), t.Need("rung"), t.Need("outcome"), t.Count("found"),
            })),
        };
    }

    private static async Task<Answer> PeersAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var path = $"{FleetCommand.Path}/peers/{Uri.EscapeDataString(invocation.Value(InfoHash))}";
        var answer = (JsonObject)await node.GetAsync(path, cancellation);
        var peers = answer.Array("peers").ToList();
        List<string> lines =
            [$"{Counted.Of(peers.Count, "source")}; {answer.Text("isolation")}, {answer.Text("source_gate")}"];
        foreach (var withheld in answer.Array("withheld"))
            lines.Add($"not asked: {withheld.Need("via")} ({withheld.Need("reason")})");
        return Answer.Done((JsonObject)Documents.Camel(answer)!, [.. lines]) with
        {
            Table = Terminal.Table(["Via", "Device", "Address", "By", "Complete", "Evidence"], peers.Select(p => new[]
            {
                p.Text("via") ?? "", FleetTelling.Short(p.Text("device_id")), p.Text("addr") ?? "",
                string.Join(", ", (p["transports"] as JsonArray ?? []).Select(t => (string?)t)),
                p["complete"] is null ? "" : $"{p.Number("complete") / 10} %", p.Text("evidence") ?? "",
            })),
        };
    }

    private static async Task<Answer> WalkAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (hash, walk) = (invocation.Value(InfoHash), !invocation.Value(Off));
        await node.SendAsync(
            walk ? HttpMethod.Post : HttpMethod.Delete, $"{FleetCommand.Path}/peers/{Uri.EscapeDataString(hash)}/dht",
            null, cancellation);
        return Answer.Done(
            new JsonObject { ["infohash"] = hash, ["walk"] = walk },
            walk ? "The DHT may be asked for it." : "The DHT is asked for it no longer.");
    }
}
