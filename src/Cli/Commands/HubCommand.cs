using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive hub</c>: the nodes that registered with this one, where it is a hub.</summary>
internal static class HubCommand
{
    private const string Map = "/api/v1/map/";

    private static readonly Argument<string> Node = new("node")
    {
        Description = "The node's id, as hub nodes shows it.",
    };

    private static readonly Argument<string> Key = new("key")
    {
        Description = "The key's id, as hub keys list shows it.",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say what would be forgotten; nothing is changed.",
    };

    private static readonly Option<bool> Reusable = new("--reusable")
    {
        Description = "Admits any number of nodes until it expires; otherwise one.",
    };

    private static readonly Option<int> Hours = new("--hours")
    {
        Description = "Hours until it expires, 24 unless said otherwise.",
        HelpName = "N",
        DefaultValueFactory = _ => 24,
    };

    public static Command Build(Terminal terminal) =>
        new("hub", "See to the nodes that register here, where this node is a hub.")
        {
            new Command("nodes", "List nodes that registered, those that wait first.").Runs(terminal, NodesAsync),
            new Command("stats", "Count nodes, hives and agents.").Runs(terminal, StatsAsync),
            new Command("approve", "Let a waiting node in.") { Node }.Runs(terminal, ApproveAsync),
            new Command("remove", "Forget a node; it waits again when it calls.") { Node, DryRun }
                .Runs(terminal, RemoveAsync),
            new Command("keys", "See to the keys that admit nodes without asking.")
            {
                new Command("list", "List keys with their uses.").Runs(terminal, KeysAsync),
                new Command("create", "Make a key and print it, this once.") { Reusable, Hours }
                    .Runs(terminal, CreateAsync),
                new Command("revoke", "End a key; whom it admitted stays.") { Key }.Runs(terminal, RevokeAsync),
            },
        };

    private static async Task<Answer> NodesAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var nodes = (JsonArray)await node.GetAsync(Map + "nodes", cancellation);
        var rows = nodes.OfType<JsonObject>().Select(n => new[]
        {
            n.Need("instance_id"), n.Need("state"), n["stale"]?.GetValue<bool>() == true ? "stale" : "",
            $"{(n["groups"] as JsonArray)?.Count ?? 0}",
        });
        return Answer.Listed(
            new JsonObject { ["nodes"] = Documents.Camel(nodes) },
            "No node has registered here.",
            ["Node", "State", "", "Hives"],
            [.. rows]);
    }

    private static async Task<Answer> StatsAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var stats = (JsonObject)await node.GetAsync(Map + "stats", cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(stats)!,
            $"nodes {stats.Count("nodes")}, stale {stats.Count("stale")}, waiting {stats.Count("waiting")}",
            $"hives {stats.Count("groups")}, agents {stats.Count("agents")}");
    }

    private static async Task<Answer> ApproveAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var id = invocation.Value(Node);
        await node.PostAsync($"{Map}nodes/{Uri.EscapeDataString(id)}/approve", [], cancellation);
        return Answer.Done(
            new JsonObject { ["approved"] = id }, $"{id} is let in; it hears of others when it next calls.");
    }

    private static async Task<Answer> RemoveAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (id, dryRun) = (invocation.Value(Node), invocation.Value(DryRun));
        var nodes = ((JsonArray)await node.GetAsync(Map + "nodes", cancellation)).OfType<JsonObject>();
        if (nodes.All(n => n.Need("instance_id") != id))
            throw CliFailure.Refused("not_found", $"No node {id} has registered here.");
        if (!dryRun)
            await node.SendAsync(HttpMethod.Delete, $"{Map}nodes/{Uri.EscapeDataString(id)}", null, cancellation);
        return Answer.Done(
            new JsonObject { ["removed"] = id, ["dryRun"] = dryRun },
            dryRun ? $"Nothing was changed. Without --dry-run {id} would be forgotten." : $"Forgot {id}.",
            "It waits for you again when it calls.");
    }

    private static async Task<Answer> KeysAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var keys = (JsonArray)await node.GetAsync(Map + "preauth-keys", cancellation);
        var rows = keys.OfType<JsonObject>().Select(k => new[]
        {
            k.Need("id"), k["reusable"]?.GetValue<bool>() == true ? "reusable" : "single use", k.Count("uses"),
            Moments.Local(k.Number("expires_ms")),
        });
        return Answer.Listed(
            new JsonObject { ["keys"] = Documents.Camel(keys) },
            "No keys. Make one with: anarchive hub keys create",
            ["Key", "Kind", "Uses", "Expires"],
            [.. rows]);
    }

    private static async Task<Answer> CreateAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject { ["reusable"] = invocation.Value(Reusable), ["hours"] = invocation.Value(Hours) };
        var made = (JsonObject)await node.PostAsync(Map + "preauth-keys", asked, cancellation);
        invocation.Terminal.Remark("Shown this once. It goes behind the hub's address: https://HOST:PORT#NODE/KEY");
        return Answer.Done((JsonObject)Documents.Camel(made)!, made.Need("text"));
    }

    private static async Task<Answer> RevokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var id = invocation.Value(Key);
        await node.SendAsync(
            HttpMethod.Delete, $"{Map}preauth-keys/{Uri.EscapeDataString(id)}", null, cancellation);
        return Answer.Done(
            new JsonObject { ["revoked"] = id }, $"{id} admits nobody any more; whom it admitted stays.");
    }
}
