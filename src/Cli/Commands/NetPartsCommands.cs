using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Net;

namespace Anarchive.Cli;

/// <summary>
/// <c>anarchive net parts | retract | explain | share | subscribe | unsubscribe | folder</c>, asked of the
/// running node.
/// </summary>
internal static class NetPartsCommands
{
    private const string Net = "/api/v1/net/";

    private static readonly Argument<string> Part = new("part")
    {
        Description = "intro-markers, grouping, quality, signal or peers-hints.",
    };

    private static readonly Argument<string> Key = new("key")
    {
        Description = "A content key, such as osh:8e245d9679d31e12:12909756.",
    };

    private static readonly Argument<string> Id = new("id")
    {
        Description = "The observation's id, as net explain shows it.",
    };

    private static readonly Argument<string> Folder = new("dir") { Description = "A folder on this machine." };

    private static readonly Option<bool> Sensitive = new("--sensitive")
    {
        Description = "Never say anything of its files; what was said is taken back.",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say what would be taken back; nothing is changed.",
    };

    private static readonly Option<bool> Off = new("--off") { Description = "Friends may read it no longer." };

    private static readonly Option<bool> Yes = new("--yes")
    {
        Description = "Friends may see the keys of files that you observed.",
    };

    private static readonly Option<string> Trust = new("--trust")
    {
        Description = "Whose word counts: friends or network.",
        DefaultValueFactory = _ => "friends",
    };

    private static readonly Option<string> Edition = new("--edition")
    {
        Description = "latest, or the number of an edition to stay with.",
        DefaultValueFactory = _ => "latest",
    };

    private static readonly Option<int> MinSources = new("--min-sources")
    {
        Description = "Sources that a skip button needs; at least 2.",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<int> MinConfidence = new("--min-confidence")
    {
        Description = "Observations below are dropped; 0 to 100.",
        DefaultValueFactory = _ => 50,
    };

    private static readonly Option<string?> Aggregator = new("--aggregator")
    {
        Description = "Of the network: the id of the node that counts.",
    };

    private static readonly Option<int?> K = new("--k")
    {
        Description = "Of the network: the fewest fleets that a row may stand for; at least 5.",
    };

    private static readonly Option<long?> Duration = new("--duration-ms")
    {
        Description = "Of the file asked about; otherwise of the one seen here.",
    };

    public static IEnumerable<Command> Build(Terminal terminal) =>
    [
        new Command("parts", "List the five parts: what is here of each, and who may read it.")
            .Runs(terminal, PartsAsync),
        new Command("explain", "Show what follows for a key, and from what.") { Key, Duration }
            .Runs(terminal, NetExplain.RunAsync),
        NetObserve.Build(terminal),
        new Command("retract", "Take an observation of yours back.") { Id }.Runs(terminal, RetractAsync),
        new Command("share", "Let friends read a part of yours, or no longer.") { Part, Off, Yes }
            .Runs(terminal, ShareAsync),
        new Command("subscribe", "Read a part of your friends, or of the network.")
        {
            Part, Trust, Edition, MinSources, MinConfidence, Aggregator, K,
        }.Runs(terminal, SubscribeAsync),
        new Command("unsubscribe", "Read it no longer.") { Part, Trust }.Runs(terminal, UnsubscribeAsync),
        new Command("folder", "Say of which folders' files others may hear.")
        {
            new Command("list", "List the folders opened to Net, and the sensitive ones.").Runs(terminal, FoldersAsync),
            new Command("add", "Open a folder to Net, or mark it as sensitive.") { Folder, Sensitive, DryRun }
                .Runs(terminal, AddFolderAsync),
            new Command("remove", "Forget a folder: its files are private again.") { Folder, DryRun }
                .Runs(terminal, RemoveFolderAsync),
        },
    ];

    internal static string KeyOf(Invocation invocation) => invocation.Value(Key);

    internal static long? DurationOf(Invocation invocation) => invocation.Value(Duration);

    private static async Task<Answer> PartsAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var parts = (JsonArray)await node.GetAsync(Net + "parts", cancellation);
        var rows = parts.OfType<JsonObject>().Select(p => new[]
        {
            p.Text("part") ?? "", Own(p), p["shared_since_ms"] is null ? "nobody" : "friends",
            string.Join(", ", Read(p)),
        });
        return Answer.Listed(
            new JsonObject { ["parts"] = Documents.Camel(parts) }, "",
            ["Part", "Yours", "Read by", "From others"], [.. rows]) with
        {
            Lines = ["Report for signal with: anarchive net report join TEXT. " + SignalReport.Label],
        };
    }

    private static IEnumerable<string> Read(JsonObject part)
    {
        var trusts = part.Array("subscriptions").Select(s => s.Text("trust")).ToList();
        if (trusts.Contains("friends")) yield return $"{part.Count("from_friends")} by {Friends(part)}";
        if (trusts.Contains("network")) yield return Counted.Of((int)part.Number("totals"), "total");
        if (trusts.Count == 0) yield return "not subscribed";
    }

    private static string Own(JsonObject part) =>
        part.Number("waiting") > 0 ? $"{part.Count("own")}, {part.Count("waiting")} waiting" : part.Count("own");

    private static string Friends(JsonObject part) => Counted.Of((int)part.Number("friends"), "friend");

    private static async Task<Answer> RetractAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var id = invocation.Value(Id);
        await node.SendAsync(HttpMethod.Delete, Net + "observations/" + Uri.EscapeDataString(id), null, cancellation);
        return Answer.Done(
            new JsonObject { ["retracted"] = id }, "Taken back. Friends hear of it with their next look.");
    }

    private static async Task<Answer> ShareAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (part, off) = (invocation.Value(Part), invocation.Value(Off));
        try
        {
            await node.PostAsync(
                $"{Net}parts/{Uri.EscapeDataString(part)}/shared",
                new JsonObject { ["shared"] = !off, ["notice"] = invocation.Value(Yes) },
                cancellation);
        }
        catch (CliFailure refused) when (refused.Code == "notice_required")
        {
            throw CliFailure.Refused(refused.Code, refused.Message + " If that is well, run this again with --yes.");
        }

        return Answer.Done(
            new JsonObject { ["part"] = part, ["shared"] = !off },
            off ? $"Friends read your {part} no longer; what they have they keep." : $"Friends may read your {part}.");
    }

    private static async Task<Answer> SubscribeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject
        {
            ["part"] = invocation.Value(Part),
            ["trust"] = invocation.Value(Trust),
            ["edition"] = invocation.Value(Edition),
            ["min_sources"] = invocation.Value(MinSources),
            ["min_confidence"] = invocation.Value(MinConfidence),
        };
        if (invocation.Value(Aggregator) is { } by) asked["aggregator"] = by;
        if (invocation.Value(K) is { } k) asked["k"] = k;
        var made = await node.PostAsync(Net + "subscriptions", asked, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(made)!,
            $"{invocation.Value(Part)} is read from {Whom(invocation.Value(Trust)!)} from now on.");
    }

    private static async Task<Answer> UnsubscribeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (part, trust) = (invocation.Value(Part), invocation.Value(Trust)!);
        var path = $"{Net}subscriptions/{Uri.EscapeDataString(part)}/{Uri.EscapeDataString(trust)}";
        await node.SendAsync(HttpMethod.Delete, path, null, cancellation);
        return Answer.Done(
            new JsonObject { ["part"] = part, ["trust"] = trust },
            $"{part} is read from {Whom(trust)} no longer, and what they said counts no more.");
    }

    private static string Whom(string trust) => trust == "network" ? "the network" : "friends";

    private static async Task<Answer> FoldersAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var folders = (JsonArray)await node.GetAsync(Net + "folders", cancellation);
        return Answer.Listed(
            new JsonObject { ["folders"] = Documents.Camel(folders) },
            "No folder is open to Net: nothing is said of any file. Open one with: anarchive net folder add DIR",
            ["Folder", "Others may hear of its files"],
            [.. folders.OfType<JsonObject>().Select(f => new[]
            {
                f.Text("path") ?? "", f.Flag("sensitive") ? "never" : "yes",
            })]);
    }

    private static async Task<Answer> AddFolderAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var made = (JsonObject)await node.PostAsync(Net + "folders", Named(invocation), cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(made)!,
            [
                made.Flag("sensitive")
                    ? "Nothing is said of its files."
                    : "Others may hear of its files once you detect or observe there; subfolders are open, too.",
                .. TakenBack(made),
            ]);
    }

    private static async Task<Answer> RemoveFolderAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var left = (JsonObject)await node.PostAsync(Net + "folders/remove", Named(invocation), cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(left)!, ["Its files are private again.", .. TakenBack(left)]);
    }

    private static IEnumerable<string> TakenBack(JsonObject folder)
    {
        var (count, byHand) = ((int)folder.Number("retracted"), (int)folder.Number("by_hand"));
        var isDry = folder.Flag("dry_run");
        if (count > 0)
            yield return $"{Counted.Of(count, "observation")} {(isDry ? "would be " : "")}taken back, {byHand} made by "
                + "hand.";
        if (isDry) yield return "Nothing was changed: this is what would be without --dry-run.";
    }

    private static JsonObject Named(Invocation invocation) => new()
    {
        ["path"] = Path.GetFullPath(invocation.Value(Folder)),
        ["sensitive"] = invocation.Value(Sensitive),
        ["dry_run"] = invocation.Value(DryRun),
    };
}
