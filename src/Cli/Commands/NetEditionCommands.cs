using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive net publish | editions | pin | verify</c>.</summary>
internal static class NetEditionCommands
{
    internal const string Editions = "/api/v1/net/editions";

    private static readonly Argument<string> Part = new("part")
    {
        Description = "intro-markers, grouping, quality or peers-hints.",
    };

    private static readonly Argument<string> SomePart = new("part")
    {
        Description = "One part; otherwise all.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<bool> Yes = new("--yes")
    {
        Description = "Friends may see the keys of files that you observed.",
    };

    private static readonly Argument<long> Number = new("edition") { Description = "Its number." };

    private static readonly Option<bool> Dry = new("--dry-run")
    {
        Description = "Say what would change, and change nothing.",
    };

    public static IEnumerable<Command> Build(Terminal terminal) =>
    [
        new Command("publish", "Make an edition of a part of yours, and let friends read it.") { Part, Yes }
            .Runs(terminal, PublishAsync),
        new Command("editions", "List editions of yours and of friends, or what one of them changed.")
        {
            SomePart, NetChanges.OfPart, NetChanges.Seq, NetChanges.Group,
        }.Runs(terminal, (i, c) => i.Value(NetChanges.Seq) is { } seq
            ? NetChanges.RunAsync(i, i.Value(NetChanges.OfPart) ?? i.Value(SomePart), seq, c)
            : ListAsync(i, false, c)),
        new Command("pin", "Stay with an edition of others, or go back to it.")
        {
            Part, Number, NetChanges.Group, Dry,
        }.Runs(terminal, PinAsync),
        new Command("verify", "Read the files of editions again, by the gates they came in through.") { SomePart }
            .Runs(terminal, (i, c) => ListAsync(i, true, c)),
    ];

    private static async Task<Answer> PublishAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject { ["part"] = invocation.Value(Part), ["notice"] = invocation.Value(Yes) };
        try
        {
            var made = (JsonObject)await node.PostAsync(Editions, asked, cancellation);
            return Answer.Done(
                (JsonObject)Documents.Camel(made)!,
                made["edition"] is JsonObject e
                    ? $"Edition {e.Count("seq")}, {e.Text("kind")}: {e.Count("rows")} rows in {Size(e)}. "
                        + "Friends who subscribed fetch it by themselves."
                    : "Nothing changed since the last edition.");
        }
        catch (CliFailure refused) when (refused.Code == "notice_required")
        {
            throw CliFailure.Refused(refused.Code, refused.Message + " If that is well, run this again with --yes.");
        }
    }

    private static async Task<Answer> PinAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (part, seq, dry) = (invocation.Value(Part), invocation.Value(Number), invocation.Value(Dry));
        var path = await NetChanges.PathAsync(node, part, seq, invocation.Value(NetChanges.Group), cancellation)
            + "/pin";
        var would = (JsonObject)await node.GetAsync(path + "?limit=100", cancellation);
        if (!dry) await node.SendAsync(HttpMethod.Put, path, [], cancellation);
        would["dry_run"] = dry;
        var counts = would.Text("counts") switch
        {
            "log" => "all that was said counts now",
            "edition" => $"edition {would.Count("held")} counts now",
            _ => "nothing of theirs counts now",
        };
        string[] lines =
        [
            $"Edition {seq} of {part}: {would.Count("added", "row")} would come, {would.Count("removed", "row")} would "
                + $"go, {would.Count("markers", "marker")} among them; {counts}.",
            "What was said since that edition does not count then.",
            dry
                ? "Nothing was changed. Without --dry-run this node stays with it."
                : $"This node stays with it. Undo: anarchive net subscribe {part} --edition latest",
        ];
        return Answer.Done((JsonObject)Documents.Camel(would)!, lines) with
        {
            Table = would.Array("items").Any()
                ? Terminal.Table(["Change", "About", "Said"], would.Array("items").Select(i => new[]
                {
                    i.Text("change") == "added" ? "comes" : "goes",
                    string.Join(' ', (i["keys"] as JsonArray ?? []).Select(k => k?.ToString())), NetChanges.Said(i),
                }))
                : null,
        };
    }

    private static async Task<Answer> ListAsync(
        Invocation invocation, bool verify, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var part = (verify ? null : invocation.Value(NetChanges.OfPart)) ?? invocation.Value(SomePart);
        var query = (part.Length > 0 ? $"&part={Uri.EscapeDataString(part)}" : "") + (verify ? "&verify=true" : "");
        var all = (JsonArray)await node.GetAsync(Editions + (query.Length > 0 ? "?" + query[1..] : ""), cancellation);
        var rows = all.OfType<JsonObject>().Select(e => new[]
        {
            e.Text("part") ?? "", e.Text("by") ?? "", e.Count("seq"), e.Text("week") ?? "", e.Text("kind") ?? "",
            e.Count("rows"), Size(e), State(e, verify),
        }).ToList();
        var isBad = all.OfType<JsonObject>().Any(e => e["suspicion"] is not null || (verify && IsBroken(e)));
        return Answer.Listed(
            new JsonObject { ["editions"] = Documents.Camel(all) },
            "No editions yet. Make one with: anarchive net publish PART",
            ["Part", "By", "Edition", "Week", "Kind", "Rows", "Size", "State"], rows) with
        {
            ExitCode = isBad ? ExitCodes.Bad : ExitCodes.Done,
        };
    }

    private static bool IsBroken(JsonObject edition) => edition.Flag("here") && edition["fault"] is not null;

    private static string State(JsonObject edition, bool verify)
    {
        if (edition.Text("suspicion") is { } why) return $"set apart: {why}";
        if (verify && IsBroken(edition)) return $"damaged: {edition.Text("fault")}";
        return edition.Flag("held") ? "in use" : edition.Flag("here") ? "kept" : "known";
    }

    private static string Size(JsonObject edition) => FleetTelling.Size(edition.Number("bytes"));
}
