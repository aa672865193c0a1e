using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive group</c>: the replicated logs behind the hives.</summary>
internal static class GroupCommand
{
    private static readonly Argument<string> Hive = new("hive") { Description = "The hive's name here." };

    private static readonly Argument<string> Node = new("node") { Description = "The node's id, as status shows it." };

    private static readonly Argument<string> Incarnation = new("incarnation")
    {
        Description = "What that node's own group resume printed.",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say what would be dropped and how large the edition would be.",
    };

    private static readonly Option<bool> WouldRemove = new("--dry-run")
    {
        Description = "Only say whether it could be removed; nothing is changed.",
    };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Do not wait for members who may lack events.",
    };

    public static Command Build(Terminal terminal) =>
        new("group", "Look at the groups this node replicates, or leave one.")
        {
            new Command("list", "List groups with events held and state digest.").Runs(terminal, ListAsync),
            new Command("show", "Show one group and the peers that share it.") { Hive }.Runs(terminal, ShowAsync),
            new Command("members", "List the agents in one group.") { Hive }.Runs(terminal, MembersAsync),
            new Command("nodes", "List the nodes that take part in one group, the owner's first.") { Hive }
                .Runs(terminal, NodesAsync),
            new Command("compact", "Replace a group's log by a signed edition; older versions are dropped.")
            {
                Hive, DryRun, Force,
            }.Runs(terminal, CompactAsync),
            new Command("remove", "End a node's membership: all who hear of it refuse what it writes from then on.")
            {
                Hive, Node, WouldRemove,
            }.Runs(terminal, RemoveAsync),
            OwnershipCommands.BuildOwner(terminal),
            OwnershipCommands.BuildHeirs(terminal),
            new Command("erasures", "List deletions, each with the members that have erased its text.") { Hive }
                .Runs(terminal, ErasuresAsync),
            new Command("resume", "After a fork of this node's chain: print the incarnation it would go on under.")
            {
                Hive,
            }.Runs(terminal, ResumeAsync),
            new Command("endorse", "Owner: let a node go on whose chain forked, under the incarnation it printed.")
            {
                Hive, Node, Incarnation,
            }.Runs(terminal, EndorseAsync),
            new Command("leave", "End this node's part in a group; local data stays.") { Hive }
                .Runs(terminal, LeaveAsync),
            new Command("rejoin", "Take part again in a group that this node left.") { Hive }
                .Runs(terminal, RejoinAsync),
        };

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var groups = (JsonArray)await node.GetAsync("/api/v1/sync/groups", cancellation);
        return Answer.Done(new JsonObject { ["groups"] = Documents.Camel(groups) }) with
        {
            Table = Terminal.Table(
                ["Hive", "Group", "Events", "Owned here"],
                groups.OfType<JsonObject>().Select(g => new[]
                {
                    g.Text("hive") ?? "", g.Text("group_id") ?? "", g.Count("events"),
                    g["owned_here"]?.GetValue<bool>() == true ? "yes" : "no",
                })),
        };
    }

    private static async Task<Answer> ShowAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var group = await FindAsync(node, invocation.Value(Hive), cancellation);
        var id = group.Need("group_id");
        var peers = ((JsonArray)await node.GetAsync("/api/v1/sync/peers", cancellation)).OfType<JsonObject>()
            .Select(peer => (Peer: peer, Share: peer.Array("groups").FirstOrDefault(g => g.Text("group_id") == id)))
            .Where(p => p.Share is not null).ToArray();
        var document = (JsonObject)Documents.Camel(group)!;
        document["peers"] = new JsonArray([.. peers.Select(p => Documents.Camel(p.Peer))]);
        var rows = peers.Select(p => new[]
        {
            p.Peer.Text("name") ?? "", p.Peer.Text("state") ?? "",
            p.Share!.Count("behind_by"), p.Share!.Count("ahead_by"), p.Share!.Count("parked"),
        });
        string[] lines =
        [
            $"{group.Need("hive")}: {group.Count("events", "event")}, {group.Count("posts", "post")}, "
                + group.Count("comments", "comment"),
            $"group {id}",
            $"state digest {group.Need("state_digest")}",
        ];
        return Answer.Done(document, [.. lines, .. AboutEdition(group["edition"] as JsonObject)]) with
        {
            Table = peers.Length == 0 ? null : Terminal.Table(["Peer", "State", "Behind", "Ahead", "Parked"], rows),
        };
    }

    private static IEnumerable<string> AboutEdition(JsonObject? edition)
    {
        if (edition is null) yield break;
        var whose = edition["began_with_it"]?.GetValue<bool>() == true ? "began with" : "was compacted to";
        var by = (edition["countersigned_by"] as JsonArray)?.Count ?? 0;
        yield return $"{whose} edition {edition.Need("name")[..16]}, which {by} of "
            + $"{edition.Count("of", "other member")} countersigned";
        if (edition["disputed"]?.GetValue<bool>() == true) yield return "the log here comes to another state than it";
    }

    private static async Task<Answer> MembersAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var members = new List<JsonObject>();
        var path = $"/api/v1/hives/{Uri.EscapeDataString(invocation.Value(Hive))}/members";
        await foreach (var member in node.PagesAsync(path, cancellation)) members.Add(member);
        var rows = members.Select(m => new[]
        {
            (m["agent"] as JsonObject)?.Text("name") ?? "", m.Text("role") ?? "",
            (m["agent"] as JsonObject)?.Text("instance_id") ?? "",
        });
        var document = new JsonObject { ["members"] = new JsonArray([.. members.Select(Documents.Camel)]) };
        return Answer.Done(document) with { Table = Terminal.Table(["Name", "Role", "Node"], rows) };
    }

    private static async Task<Answer> NodesAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var nodes = new List<JsonObject>();
        var path = $"/api/v1/hives/{Uri.EscapeDataString(invocation.Value(Hive))}/nodes";
        await foreach (var one in node.PagesAsync(path, cancellation)) nodes.Add(one);
        var rows = nodes.Select(n => new[]
        {
            n.Need("instance_id"), n.Flag("owner") ? "owner" : "", Joined(n),
        });
        var document = new JsonObject { ["nodes"] = new JsonArray([.. nodes.Select(Documents.Camel)]) };
        return Answer.Done(document) with { Table = Terminal.Table(["Node", "", "Joined as members"], rows) };
    }

    private static string Joined(JsonObject node)
    {
        var names = node.Array("agents").Select(a => a.Text("name") ?? "").ToList();
        var more = node.Number("joined") - names.Count;
        return string.Join(", ", names) + (more > 0 ? $" and {more} more" : "");
    }

    private static async Task<Answer> LeaveAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var hive = invocation.Value(Hive);
        await node.PostAsync("/api/v1/sync/leave", new JsonObject { ["hive"] = hive }, cancellation);
        return Answer.Done(
            new JsonObject { ["left"] = hive },
            $"Left {hive}. What arrived so far stays on this node; group rejoin {hive} takes part again.");
    }

    private static async Task<Answer> RejoinAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var hive = invocation.Value(Hive);
        await node.PostAsync("/api/v1/sync/rejoin", new JsonObject { ["hive"] = hive }, cancellation);
        return Answer.Done(
            new JsonObject { ["rejoined"] = hive }, $"This node takes part in {hive} again; what it missed follows.");
    }

    private static async Task<Answer> CompactAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (hive, dryRun) = (invocation.Value(Hive), invocation.Value(DryRun));
        var asked = new JsonObject { ["hive"] = hive, ["dry_run"] = dryRun, ["force"] = invocation.Value(Force) };
        var done = (JsonObject)await node.PostAsync("/api/v1/sync/compact", asked, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(done)!,
            $"{(dryRun ? "Would keep" : "Kept")} {done.Count("events_after")} of "
                + $"{done.Count("events_before", "event")} of {hive}, "
                + $"in an edition of {done.Count("edition_bytes", "byte")}.",
            dryRun
                ? "Nothing was changed. Without --dry-run the other events are dropped for good."
                : "Peers that lack them begin with the edition.");
    }

    private static async Task<Answer> RemoveAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (hive, removed, dryRun) = (
            invocation.Value(Hive), invocation.Value(Node), invocation.Value(WouldRemove));
        var asked = new JsonObject { ["hive"] = hive, ["instance_id"] = removed, ["dry_run"] = dryRun };
        await node.PostAsync("/api/v1/sync/remove", asked, cancellation);
        return Answer.Done(
            new JsonObject { ["hive"] = hive, ["removed"] = removed, ["dryRun"] = dryRun },
            dryRun
                ? $"Nothing was changed. Without --dry-run {removed} would be no member of {hive} any more."
                : $"{removed} is no member of {hive} any more.",
            "What arrived here of it stays; all else that it writes is refused by every member that hears of this.");
    }

    private static async Task<Answer> ErasuresAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var path = "/api/v1/sync/erasures/" + Uri.EscapeDataString(invocation.Value(Hive));
        var erasures = (JsonArray)await node.GetAsync(path, cancellation);
        var open = erasures.OfType<JsonObject>().Count(e => e.Number("confirmed") < e.Number("of"));
        return Answer.Done(
            new JsonObject { ["erasures"] = Documents.Camel(erasures), ["unconfirmed"] = open },
            $"{erasures.Count} erased, {open} of them not confirmed by every member yet.") with
        {
            Table = erasures.Count == 0 ? null : Terminal.Table(
                ["Erased", "Confirmed", "Of"],
                erasures.OfType<JsonObject>().Select(e => new[] { e.Need("id"), e.Count("confirmed"), e.Count("of") })),
        };
    }

    private static async Task<Answer> ResumeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var hive = invocation.Value(Hive);
        var asked = new JsonObject { ["hive"] = hive };
        var resumed = (JsonObject)await node.PostAsync("/api/v1/sync/resume", asked, cancellation);
        var (who, incarnation) = (resumed.Need("instance_id"), resumed.Need("incarnation"));
        return Answer.Done(
            new JsonObject { ["hive"] = hive, ["instanceId"] = who, ["incarnation"] = incarnation },
            $"This node would go on under {incarnation}. Stop every other copy of it, then have the owner run:",
            $"anarchive group endorse {hive} {who} {incarnation}");
    }

    private static async Task<Answer> EndorseAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (hive, who, incarnation) = (
            invocation.Value(Hive), invocation.Value(Node), invocation.Value(Incarnation));
        var asked = new JsonObject { ["hive"] = hive, ["instance_id"] = who, ["incarnation"] = incarnation };
        await node.PostAsync("/api/v1/sync/endorse", asked, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(asked)!,
            $"{who} goes on in {hive}. What it wrote past the fork stays hidden, whichever copy wrote it.");
    }

    private static async Task<JsonObject> FindAsync(NodeApi node, string hive, CancellationToken cancellation) =>
        ((JsonArray)await node.GetAsync("/api/v1/sync/groups", cancellation)).OfType<JsonObject>()
            .FirstOrDefault(g => g.Text("hive") == hive)
        ?? throw CliFailure.Refused("not_found", "There is no such hive here.");
}
