using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet release</c>: copies that this device lets go, under the locks of others.</summary>
internal static class FleetReleaseCommand
{
    private const string Route = "/api/v1/fleet/releases";

    private const int RowsMax = 100;

    private static readonly Argument<string> Item = new("item")
    {
        Description = "An item, by six digits of its id or more.",
    };

    private static readonly Option<string?> Volume = new("--volume")
    {
        Description = "The volume whose copy goes. Otherwise the first that has one.",
        HelpName = "VOLUME",
    };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Do it. Otherwise only what would happen is shown.",
    };

    public static Command Build(Terminal terminal) => new Command(
        "release", "Show the copies above their ceiling; --apply lets those of this device go.")
    {
        FleetTelling.Apply,
        new Command("list", "Releases in flight, and how the last of each item ended.").Runs(terminal, ListAsync),
        new Command("start", "Let this device's copy of an item go; shows what would happen first.")
            { Item, Volume, Apply }.Runs(terminal, StartAsync),
        new Command("back", "End a release, and put back what lies aside.") { Item }.Runs(terminal, BackAsync),
        new Command("unfreeze", "Let copies go again after too many went at once.").Runs(terminal, UnfreezeAsync),
    }.Runs(terminal, PlannedAsync);

    private static async Task<Answer> PlannedAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        if (invocation.Value(FleetTelling.Apply) is { } applied)
            return Ordered((JsonObject)await node.PostAsync(
                $"{FleetCommand.Path}/plan/{Uri.EscapeDataString(applied)}/releases", [], cancellation));
        var all = (JsonObject)await node.GetAsync(Route, cancellation);
        var names = await NamesAsync(node, cancellation);
        var document = (JsonObject)Documents.Camel(all)!;
        List<string> lines = all.Text("frozen_by") is { } frozen ? ["Frozen. " + frozen] : [];
        var rows = all.Array("proposed").ToList();
        if (rows.Count == 0) return Answer.Done(document, [.. lines, "No copy is above its ceiling."]);
        var own = all.Number("proposed_own");
        lines.Add(
            $"{Counted.Of(all.Number("proposed_total"), "copy", "copies")} above the ceiling. Nothing was done.");
        if (own > 0)
            lines.Add($"To let {Counted.Of(own, "copy", "copies")} of this device go: --apply {all.Need("plan_id")}");
        return Answer.Done(document, [.. lines]) with
        {
            Table = Terminal.Table(["Item", "Bytes", "Device", "Proof", "Reason"], rows.Take(RowsMax).Select(r => new[]
            {
                FleetTelling.Named(r), FleetTelling.Size(r.Number("size")), Named(names, r.Need("device")),
                string.Join(", ", r.Array("proof").Select(p =>
                    $"{Named(names, p.Need("device"))} {FleetTelling.Moment(p.Number("proven_ms"))}")),
                $"{r.Count("counted")} count, {r.Count("ceil")} kept"
                    + (r.Text("code") is { } code ? $"; stays: {code}" : ""),
            })),
        };
    }

    private static Answer Ordered(JsonObject done)
    {
        var (begun, stay) = (((JsonArray)done["begun"]!).Count, done.Array("stay").ToList());
        List<string> lines =
            [$"{Counted.Of(begun, "copy", "copies")} being let go here. See: anarchive fleet release list"];
        lines.AddRange(stay.Select(s => $"{FleetTelling.Short(s.Text("item"))} stays: {s.Need("code")}"));
        if (done.Number("later") is > 0 and var later)
            lines.Add($"{Counted.Of(later, "copy", "copies")} wait: more at once would freeze the fleet.");
        if (done.Number("elsewhere") is > 0 and var elsewhere)
            lines.Add($"{Counted.Of(elsewhere, "copy", "copies")} fall to other devices: run this there.");
        var answer = Answer.Done((JsonObject)Documents.Camel(done)!, [.. lines]);
        return stay.Count == 0 ? answer : answer with { ExitCode = ExitCodes.Bad };
    }

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var all = (JsonObject)await node.GetAsync(Route, cancellation);
        var names = await NamesAsync(node, cancellation);
        var answer = Answer.Listed(
            (JsonObject)Documents.Camel(all)!,
            "Nothing was let go here.",
            ["Item", "Volume", "Stage", "Locked", "Left", "Outcome", "Refused"],
            [
                .. all.Array("releases").Select(r => new[]
                {
                    FleetTelling.Named(r), FleetTelling.Short(r.Text("volume")), r.Need("stage"),
                    string.Join(", ", (r["locked"] as JsonArray ?? []).Select(d => Named(names, (string)d!))),
                    r["left_ms"] is null ? "" : FleetTelling.Left(r.Number("left_ms")), r.Text("outcome") ?? "",
                    string.Join(' ', r.Array("refused").Select(d =>
                        $"{Named(names, d.Need("device"))}:{d.Need("code")}")),
                }),
            ]);
        List<string> lines = [.. answer.Lines];
        var before = all.Number("ended_total") - all.Array("releases").Count(r => r.Need("stage") == "ended");
        if (before > 0) lines.Add($"And {before} that ended before.");
        if (all.Text("frozen_by") is { } frozen) lines.Add("Frozen. " + frozen);
        return answer with { Lines = lines };
    }

    private static async Task<Answer> BackAsync(Invocation invocation, CancellationToken cancellation)
    {
        var item = invocation.Value(Item);
        using var node = NodeApi.Open(invocation.Home);
        await node.PostAsync($"{Route}/{Uri.EscapeDataString(item)}/back", [], cancellation);
        return Answer.Done(new JsonObject { ["item"] = item }, "It stays; what lay aside is put back.");
    }

    private static async Task<Answer> StartAsync(Invocation invocation, CancellationToken cancellation)
    {
        var body = new JsonObject { ["item"] = invocation.Value(Item), ["apply"] = invocation.Value(Apply) };
        if (invocation.Value(Volume) is { } volume) body["volume"] = volume;
        using var node = NodeApi.Open(invocation.Home);
        var started = (JsonObject)await node.PostAsync(Route, body, cancellation);
        var copies = $"{started["elsewhere"]} of {started["floor"]} copies are elsewhere";
        var answer = Answer.Done(
            (JsonObject)Documents.Camel(started)!,
            started.Text("code") is { } code ? $"It stays: {code}; {copies}."
                : started.Flag("begun") ? "Begun. See: anarchive fleet release list"
                : $"It could go: {copies}. Do it with --apply.");
        return started.Text("code") is null ? answer : answer with { ExitCode = ExitCodes.Bad };
    }

    private static async Task<Answer> UnfreezeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        await node.PostAsync($"{Route}/unfreeze", new JsonObject(), cancellation);
        return Answer.Done(new JsonObject { ["frozen"] = false }, "Copies can be let go again.");
    }

    private static async Task<Dictionary<string, string>> NamesAsync(NodeApi node, CancellationToken cancellation)
    {
        var fleet = (JsonObject)await node.GetAsync(FleetCommand.Path, cancellation);
        return fleet.Array("devices").ToDictionary(d => d.Need("id"), d => d.Need("name"));
    }

    private static string Named(Dictionary<string, string> names, string device) =>
        names.GetValueOrDefault(device, FleetTelling.Short(device));
}
