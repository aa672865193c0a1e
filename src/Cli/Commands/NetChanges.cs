using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Net;

namespace Anarchive.Cli;

/// <summary><c>anarchive net editions --changes SEQ</c>: rows that came with an edition, and those that went.</summary>
internal static class NetChanges
{
    /// <summary>More than a terminal holds.</summary>
    private const int ShownMax = 1_000;

    private const int PageMax = 100;

    public static readonly Option<string?> OfPart = new("--part") { Description = "The same as naming the part." };

    public static readonly Option<long?> Seq = new("--changes")
    {
        Description = "Show what this edition changed against the one before.",
        HelpName = "SEQ",
    };

    public static readonly Option<string?> Group = new("--group")
    {
        Description = "Whose, where several have an edition of that number: see --json.",
        HelpName = "ID",
    };

    public static async Task<Answer> RunAsync(
        Invocation invocation, string part, long seq, CancellationToken cancellation)
    {
        if (part.Length == 0) throw CliFailure.CannotRun("usage", "Say of which part, with --part.");
        using var node = NodeApi.Open(invocation.Home);
        var path = await PathAsync(node, part, seq, invocation.Value(Group), cancellation) + "/changes";
        var document = (JsonObject)await node.GetAsync($"{path}?limit={PageMax}", cancellation);
        var items = document.Array("items").ToList();
        var next = document.Text("next");
        while (next is not null && items.Count < ShownMax)
        {
            var page = (JsonObject)await node.GetAsync($"{path}?limit={PageMax}&cursor={next}", cancellation);
            items.AddRange(page.Array("items"));
            next = page.Text("next");
        }

        document["items"] = new JsonArray([.. items.Select(i => (JsonNode)i.DeepClone())]);
        document["next"] = next;
        var all = document.Number("added") + document.Number("removed");
        var before = document["before"] is null ? "the first" : $"against edition {document.Count("before")}";
        string[] lines =
        [
            $"Edition {seq} of {part}, {before}: {document.Count("added", "row")} came, "
                + $"{document.Count("removed", "row")} went."
                + (next is null ? "" : $" These are the first {items.Count} of {all}."),
        ];
        return Answer.Done((JsonObject)Documents.Camel(document)!, lines) with
        {
            Table = items.Count == 0
                ? null
                : Terminal.Table(["Change", "About", "Said"], items.Select(i => new[]
                {
                    i.Text("change") == "added" ? "came" : "went",
                    string.Join(' ', (i["keys"] as JsonArray ?? []).Select(k => k?.ToString())), Said(i),
                })),
        };
    }

    /// <summary>The address of an edition.</summary>
    internal static async Task<string> PathAsync(
        NodeApi node, string part, long seq, string? group, CancellationToken cancellation)
    {
        var query = $"{NetEditionCommands.Editions}?part={Uri.EscapeDataString(part)}";
        var groups = ((JsonArray)await node.GetAsync(query, cancellation)).OfType<JsonObject>()
            .Where(e => e.Number("seq") == seq && (group is null || e.Text("group") == group))
            .Select(e => e.Need("group")).Distinct().ToList();
        return groups switch
        {
            [var one] => string.Create(
                CultureInfo.InvariantCulture,
                $"{NetEditionCommands.Editions}/{Uri.EscapeDataString(one)}/{seq}"),
            [] => throw CliFailure.Refused("not_found", "There is no such edition: see anarchive net editions."),
            _ => throw CliFailure.CannotRun("usage", "Several have an edition of that number: say whose with --group."),
        };
    }

    internal static string Said(JsonObject item)
    {
        if (item["observation"] is not JsonObject said) return "something was taken back";
        var method = said.Text("method") is { } by ? $" ({by})" : "";
        return item.Text("kind") switch
        {
            "marker_observed" when said.Flag("absent") => $"no {said.Text("type")}{method}",
            "marker_observed" => $"{said.Text("type")} {ClockTime.Show(said.Number("start_ms"))} – "
                + $"{ClockTime.Show(said.Number(said["end_ms"] is null ? "duration_ms" : "end_ms"))}{method}",
            "theme_observed" => $"theme of an {said.Text("type")}{method}",
            "grouping_observed" => "which episode it is" + method,
            "quality_observed" => "how good it is" + method,
            _ => $"{said.Text("metric") ?? said.Text("state")} by {said.Count("n", "fleet")}",
        };
    }
}
