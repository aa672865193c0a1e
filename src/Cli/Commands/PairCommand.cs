using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive pair</c>: friends and devices, those that ask, and the way out.</summary>
internal static class PairCommand
{
    private static readonly Argument<string> Id = new("id") { Description = "The pairing, as pair list prints it." };

    private static readonly Argument<string> Node = new("node") { Description = "The friend or device, by its id." };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Say whether it could be done, and change nothing.",
    };

    public static Command Build(Terminal terminal) => new("pair", "Friends and devices: who is, who asks, who was.")
    {
        new Command("list", "Friends and devices, and pairings that wait.").Runs(terminal, ListAsync),
        new Command("accept", "The four words match: let the node in that asks, or be let in.") { Id }
            .Runs(terminal, (i, c) => DecideAsync(i, "accept", c)),
        new Command("deny", "The words differ: turn the node away, take the text back, or ask no more.") { Id }
            .Runs(terminal, (i, c) => DecideAsync(i, "deny", c)),
        new Command("revoke", "End a friendship, or take a device out of the fleet, at once.") { Node, DryRun }
            .Runs(terminal, RevokeAsync),
        new Command("leave", "Take this device out of its fleet; what it holds stays.") { DryRun }
            .Runs(terminal, LeaveAsync),
    };

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var all = (JsonObject)await node.GetAsync("/api/v1/pairings", cancellation);
        var waiting = all.Array("offered").Where(p => p.Text("state") is "open" or "asked")
            .Select(p => new[]
            {
                p.Need("id"), p.Need("kind"), p.Text("state") == "asked" ? "asks" : "waits", p.Text("name") ?? "",
                p.Text("words") ?? "",
            });
        var asked = all.Array("asked").Where(p => p.Text("state") == "asked")
            .Select(p => new[]
            {
                p.Need("id"), p.Need("kind"), p.Flag("matched") ? "asked for" : "compare", "", p.Text("words") ?? "",
            });
        var paired = all.Array("paired").Select(p => new[]
        {
            p.Need("instance_id"), p.Need("kind"),
            p["ended_ms"] is null ? "paired" : p.Flag("in_fleet") ? "revoked, in the fleet" : "revoked",
            p.Text("name") ?? "", "",
        });
        string[][] rows = [.. waiting, .. asked, .. paired];
        var answer = Answer.Done((JsonObject)Documents.Camel(all)!);
        return rows.Length == 0
            ? answer with { Lines = ["No friends or devices yet. Begin with: anarchive invite --friend"] }
            : answer with { Table = Terminal.Table(["Id", "As", "State", "Name", "Words"], rows) };
    }

    private static async Task<Answer> DecideAsync(
        Invocation invocation, string act, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        return await Pairing.DecideAsync(node, invocation.Value(Id), act, cancellation);
    }

    private static async Task<Answer> RevokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (id, dryRun) = (invocation.Value(Node), invocation.Value(DryRun));
        var done = (JsonObject)await node.PostAsync(
            "/api/v1/pairings/revoke", new JsonObject { ["instance_id"] = id, ["dry_run"] = dryRun }, cancellation);
        var document = (JsonObject)Documents.Camel(done)!;
        if (done.Flag("in_fleet"))
        {
            var said = dryRun ? "It could be revoked here, and would stay" : "Revoked here, but it stays";
            return new Answer(ExitCodes.Bad, document, [
                $"{said} in the fleet, whose events it still gets.",
                "Revoke it on the device that began the fleet; until then, here: anarchive peer pause " + id,
            ]);
        }

        return Answer.Done(
            document, dryRun ? "It could be revoked; nothing was changed." : "Revoked: its next request is refused.");
    }

    private static async Task<Answer> LeaveAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var dryRun = invocation.Value(DryRun);
        await node.PostAsync("/api/v1/pairings/leave", new JsonObject { ["dry_run"] = dryRun }, cancellation);
        return Answer.Done(
            new JsonObject { ["dryRun"] = dryRun },
            dryRun ? "It could leave; nothing was changed." : "Left the fleet; what this device holds stays on it.");
    }
}
