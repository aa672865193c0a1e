using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive peer</c>: the nodes this one exchanges with, and where they are.</summary>
internal static class PeerCommand
{
    private static readonly Argument<string> Endpoint = new("endpoint")
    {
        Description = "Where it can be reached, such as https://host.example:7421.",
    };

    private static readonly Argument<string> Node = new("node")
    {
        Description = "Its id; may be left out for a member of a hive that this node holds.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Argument<string> Peer = new("peer")
    {
        Description = "Its id, or as much of the beginning as names no other.",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say what would happen; nothing is changed.",
    };

    public static Command Build(Terminal terminal) =>
        new("peer", "Look at the nodes this one exchanges with, and say where they are.")
        {
            new Command("add", "Name an address of a peer; it is tried before all others.") { Endpoint, Node }
                .Runs(terminal, AddAsync),
            new Command("list", "List peers with state, address, and who named it.").Runs(terminal, ListAsync),
            new Command("show", "Show one peer with every address and what came of dialling it.") { Peer }
                .Runs(terminal, ShowAsync),
            new Command("test", "Dial every address of a peer and say what answers; nothing is shared.") { Peer }
                .Runs(terminal, TestAsync),
            new Command("pause", "Exchange nothing with a peer until it is resumed.") { Peer, DryRun }
                .Runs(terminal, PauseAsync),
            new Command("resume", "Take up the exchange with a peer again.") { Peer }.Runs(terminal, ResumeAsync),
            new Command("remove", "Forget a peer and its addresses.") { Peer, DryRun }.Runs(terminal, RemoveAsync),
        };

    private static async Task<Answer> AddAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject { ["endpoint"] = invocation.Value(Endpoint) };
        if (invocation.Value(Node) is { Length: > 0 } id) asked["instance_id"] = id;
        var peer = (JsonObject)await node.PostAsync("/api/v1/sync/peers", asked, cancellation);
        var shares = peer.Array("groups").Any();
        return Answer.Done(
            (JsonObject)Documents.Camel(peer)!,
            $"{peer.Need("instance_id")} is tried at {invocation.Value(Endpoint)} before all other addresses.",
            shares
                ? "See how it goes with: anarchive peer list"
                : "No group is shared with it yet: invite it to a hive.");
    }

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var peers = (JsonArray)await node.GetAsync("/api/v1/sync/peers", cancellation);
        var rows = peers.OfType<JsonObject>().Select(p => new[]
        {
            p.Text("name") ?? "", State(p), p.Text("source") ?? "", p.Text("endpoint") ?? "none: it calls us",
            Time(p["last_heard_ms"]),
        });
        return Answer.Listed(
            new JsonObject { ["peers"] = Documents.Camel(peers) },
            "No peers yet. Invite one with: anarchive invite HIVE",
            ["Peer", "State", "Named by", "Address", "Last heard"],
            [.. rows]);
    }

    private static async Task<Answer> ShowAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var peer = await FindAsync(node, invocation, cancellation);
        var rows = peer.Array("addresses").Select(a => new[]
        {
            a.Text("endpoint") ?? "", a.Text("source") ?? "", a["in_use"]?.GetValue<bool>() == true ? "yes" : "",
            Time(a["tried_ms"]), a.Text("cause") ?? (a["tried_ms"] is null ? "" : "answered"),
        }).ToArray();
        var facts = (JsonObject)await node.GetAsync(PathOf(peer, "/facts"), cancellation);
        var document = (JsonObject)Documents.Camel(peer)!;
        document["facts"] = Documents.Camel(facts);
        return Answer.Done(
            document,
            [
                $"{peer.Need("instance_id")}: {State(peer)}. {peer.Text("cause")}".TrimEnd(),
                $"last heard {Time(peer["last_heard_ms"])}, ring {peer.Text("ring")}",
                .. Facts(facts),
            ]) with
        {
            Table = rows.Length == 0
                ? null
                : Terminal.Table(["Address", "Named by", "In use", "Last tried", "Outcome"], rows),
        };
    }

    private static IEnumerable<string> Facts(JsonObject facts)
    {
        if (facts.Text("key") is { } key) yield return $"key {key}";
        if (facts["session"] is JsonObject session)
            yield return $"last handshake {Time(session["proved_ms"])}, holds until {Time(session["ends_ms"])}";
        foreach (var parked in facts.Array("parked"))
            yield return $"{parked.Count("batches")} of its batches wait here for "
                + (parked.Text("waits_for") == "clock" ? "their time" : "an event before them");
        foreach (var refused in facts.Array("refused"))
            yield return $"{refused.Count("runs")} refused {(refused.Flag("here") ? "here" : "there")}: "
                + refused.Text("code");
    }

    private static async Task<Answer> TestAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var peer = await FindAsync(node, invocation, cancellation);
        var found = (JsonArray)await node.PostAsync(PathOf(peer, "/test"), [], cancellation);
        var tests = found.OfType<JsonObject>().ToArray();
        var document = new JsonObject
        {
            ["instanceId"] = peer.Need("instance_id"),
            ["tests"] = Documents.Camel(found),
        };
        var answer = tests.Length == 0
            ? Answer.Done(document, "No address of it is known: it calls this node.")
            : Answer.Done(document) with
            {
                Table = Terminal.Table(
                    ["Address", "Named by", "Outcome"],
                    tests.Select(t => new[] { t.Need("endpoint"), t.Need("source"), Outcome(t) })),
            };
        return tests.Any(t => t.Text("code") is null) ? answer : answer with { ExitCode = ExitCodes.Bad };
    }

    private static async Task<Answer> PauseAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var peer = await FindAsync(node, invocation, cancellation);
        var dryRun = invocation.Value(DryRun);
        if (!dryRun) await node.PostAsync(PathOf(peer, "/pause"), [], cancellation);
        return Answer.Done(
            Done(peer, "paused", dryRun),
            dryRun
                ? $"Nothing was changed. Without --dry-run nothing would be exchanged with {peer.Need("instance_id")}."
                : $"Nothing is exchanged with {peer.Need("instance_id")} until you resume it.",
            "What it wrote still comes by way of others who share the hive.");
    }

    private static async Task<Answer> ResumeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var peer = await FindAsync(node, invocation, cancellation);
        await node.PostAsync(PathOf(peer, "/resume"), [], cancellation);
        return Answer.Done(Done(peer, "resumed", false), $"{peer.Need("instance_id")} is exchanged with again.");
    }

    private static async Task<Answer> RemoveAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var peer = await FindAsync(node, invocation, cancellation);
        var dryRun = invocation.Value(DryRun);
        if (!dryRun) await node.SendAsync(HttpMethod.Delete, PathOf(peer, ""), null, cancellation);
        var addresses = Counted.Of(peer.Array("addresses").Count(), "known address", "known addresses");
        return Answer.Done(
            Done(peer, "removed", dryRun),
            dryRun
                ? $"Nothing was changed. Without --dry-run {peer.Need("instance_id")} and {addresses} would be "
                    + "forgotten."
                : $"Forgot {peer.Need("instance_id")} and {addresses}.",
            peer.Text("state") == "paused"
                ? "The pause ends with that: where it shares a group or is paired, it comes back when it calls."
                : peer.Array("groups").Any()
                    ? "It shares a group, so it comes back when it calls. To keep it away, pause it or end its "
                        + "membership."
                    : "It shares no group with this node.");
    }

    /// <exception cref="CliFailure">No peer, or more than one, begins like that.</exception>
    private static async Task<JsonObject> FindAsync(
        NodeApi node, Invocation invocation, CancellationToken cancellation)
    {
        var named = invocation.Value(Peer);
        var peers = ((JsonArray)await node.GetAsync("/api/v1/sync/peers", cancellation)).OfType<JsonObject>()
            .Where(p => p.Need("instance_id").StartsWith(named, StringComparison.Ordinal)).Take(2).ToArray();
        return peers.Length switch
        {
            1 => peers[0],
            0 => throw CliFailure.Refused("not_found", $"This node knows no peer {named}."),
            _ => throw CliFailure.Refused("peer_ambiguous", $"More than one peer begins with {named}."),
        };
    }

    private static string PathOf(JsonObject peer, string act) => $"/api/v1/sync/peers/{peer.Need("instance_id")}{act}";

    private static JsonObject Done(JsonObject peer, string act, bool dryRun) =>
        new() { [act] = peer.Need("instance_id"), ["dryRun"] = dryRun };

    private static string State(JsonObject peer) => (peer.Text("state") ?? "").Replace('_', ' ');

    private static string Time(JsonNode? ms) => ms is null ? "never" : Moments.Local(ms.GetValue<long>());

    private static string Outcome(JsonObject test) => test.Text("code") switch
    {
        null => $"it answers, within {test.Count("ms")} ms",
        "wrong_node" => "another node answers (wrong_node)",
        "not_found" => "who answers there is another node, or does not know this one (not_found)",
        "endpoint_not_allowed" => "not dialled: whoever named it may not lead there (endpoint_not_allowed)",
        "too_slow" => "no answer in time (too_slow)",
        "unreachable" => "nobody answers (unreachable)",
        var code => code,
    };
}
