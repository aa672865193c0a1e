using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive group owner</c> and <c>group heirs</c>: who owns a hive, and who comes next.</summary>
internal static class OwnershipCommands
{
    private static readonly Argument<string> Hive = new("hive") { Description = "The hive's name here." };

    private static readonly Argument<string> Node = new("node")
    {
        Description = "The member to hand the hive over to.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string?> Consent = new("--consent")
    {
        Description = "What that node's own --accept printed.",
        HelpName = "TEXT",
    };

    private static readonly Option<bool> Accept = new("--accept")
    {
        Description = "Print this node's consent to own the hive, for its present owner.",
    };

    private static readonly Option<string[]> Name = new("--name-heir")
    {
        Description = "Name an heir; given several times, the first comes first.",
        HelpName = "NODE",
    };

    private static readonly Option<int?> Quorum = new("--quorum")
    {
        Description = "With --name-heir: how many moderators must agree, otherwise one.",
        HelpName = "N",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say whether it could be handed over; nothing is changed.",
    };

    private static readonly (Option<bool> Option, string Act)[] Acts =
    [
        (Act("--propose", "Heir: propose to succeed an owner silent for 30 days."), "propose"),
        (Act("--veto", "Owner: say no to a proposed succession."), "veto"),
        (Act("--endorse", "Moderator: agree to it, once the owner had 72 hours to say no."), "endorse"),
        (Act("--succeed", "Heir: take the hive over, once enough moderators agree."), "succeed"),
    ];

    public static Command BuildOwner(Terminal terminal) =>
        new Command("owner", "Show who owns a hive, or hand it over.") { Hive, Node, Consent, Accept, DryRun }
            .Runs(terminal, OwnerAsync);

    public static Command BuildHeirs(Terminal terminal)
    {
        var command = new Command("heirs", "Show a hive's heirs and proposed successions, or act on them.")
        {
            Hive, Name, Quorum,
        };
        foreach (var (option, _) in Acts) command.Add(option);
        return command.Runs(terminal, HeirsAsync);
    }

    private static async Task<Answer> OwnerAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (hive, next, consent) = (
            invocation.Value(Hive), invocation.Value(Node), invocation.Value(Consent));
        var path = PathOf(hive);
        var dryRun = invocation.Value(DryRun);
        if (invocation.Value(Accept))
        {
            if (next.Length > 0 || consent is not null || dryRun)
                throw CliFailure.CannotRun("usage", "One thing at a time: see anarchive group owner --help");
            var given = (JsonObject)await node.PostAsync(path + "/consent", [], cancellation);
            return Answer.Done((JsonObject)Documents.Camel(given)!, given.Need("consent"));
        }

        if ((next.Length > 0) != (consent is not null))
            throw CliFailure.CannotRun("usage", "To hand a hive over name the node and give its --consent.");
        if (consent is null) return Told((JsonObject)await node.GetAsync(path, cancellation));
        var asked = new JsonObject { ["instance_id"] = next, ["consent"] = consent, ["dry_run"] = dryRun };
        var told = Told((JsonObject)await node.PostAsync(path + "/transfer", asked, cancellation));
        return dryRun
            ? told with { Lines = [.. told.Lines, $"Nothing was changed. Without --dry-run {next} would own it."] }
            : told;
    }

    private static async Task<Answer> HeirsAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var path = PathOf(invocation.Value(Hive));
        var acts = Acts.Where(a => invocation.Value(a.Option)).Select(a => a.Act).ToArray();
        var heirs = invocation.Value(Name) ?? [];
        if (acts.Length + (heirs.Length > 0 ? 1 : 0) > 1)
            throw CliFailure.CannotRun("usage", "One thing at a time: see anarchive group heirs --help");
        if (invocation.Value(Quorum) is not null && heirs.Length == 0)
            throw CliFailure.CannotRun("usage", "A quorum goes with heirs: name them all with --name-heir.");
        if (heirs.Length > 0)
        {
            var asked = new JsonObject
            {
                ["heirs"] = new JsonArray([.. heirs.Select(h => (JsonNode)h)]),
                ["quorum"] = invocation.Value(Quorum) ?? 1,
            };
            return Told((JsonObject)await node.PostAsync(path + "/heirs", asked, cancellation));
        }

        return Told((JsonObject)(acts.Length == 0
            ? await node.GetAsync(path, cancellation)
            : await node.PostAsync($"{path}/{acts[0]}", [], cancellation)));
    }

    private static Answer Told(JsonObject ownership)
    {
        var heirs = ownership["heirs"] as JsonArray ?? [];
        var lines = new List<string> { $"Owner: {ownership.Need("owner")}" };
        lines.Add(heirs.Count == 0
            ? "No heirs are named: if the owner is lost, the hive stays without one."
            : $"Heirs, with {Counted.Of(Math.Max(1, ownership.Number("quorum")), "moderator")}: "
                + $"{string.Join(", ", heirs)}");
        var rows = ownership.Array("proposals").Select(p => new[]
        {
            p.Need("heir"), At(p.Number("proposed_ms")), At(p.Number("veto_until_ms")),
            p["vetoed"]?.GetValue<bool>() == true ? "vetoed" : p.Count("endorsements"),
        }).ToArray();
        return Answer.Done((JsonObject)Documents.Camel(ownership)!, [.. lines]) with
        {
            Table = rows.Length == 0
                ? null
                : Terminal.Table(["Proposed by", "Since", "Veto until", "Endorsements"], rows),
        };
    }

    private static string At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms)
        .ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string PathOf(string hive) => "/api/v1/sync/ownership/" + Uri.EscapeDataString(hive);

    private static Option<bool> Act(string name, string description) => new(name) { Description = description };
}
