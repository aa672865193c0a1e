using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet custody | pin | plan</c>: who holds what, and what should be done.</summary>
internal static class FleetCustodyCommands
{
    private const int RowsMax = 100;

    private static readonly Argument<string> Item = new("item")
    {
        Description = "An item's id, six digits of it or more, or a file on this machine.",
    };

    private static readonly Argument<string> AnyItem = new("item")
    {
        Description = "An item's id, six digits of it or more, or a file on this machine; left out, all of them.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<bool> Below = new("--below")
    {
        Description = "Only items with fewer copies than their floor.",
    };

    private static readonly Argument<string> Kind = new("kind")
    {
        Description = "star, trash or none.",
    };

    private static readonly Option<string?> Device = new("--device")
    {
        Description = "For that device alone; otherwise for the whole fleet.",
        HelpName = "DEVICE",
    };

    public static IEnumerable<Command> Build(Terminal terminal) =>
    [
        new Command("custody", "Say who holds an item, or all items with the fewest copies first.")
        {
            AnyItem, Below,
        }.Runs(terminal, CustodyAsync),
        new Command("pin", "Star an item, throw it away, or take either back.") { Item, Kind, Device }
            .Runs(terminal, PinAsync),
        new Command("plan", "Show what the devices should do now.").Runs(terminal, PlanAsync),
    ];

    private static async Task<Answer> CustodyAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        if (invocation.Value(AnyItem) is { Length: > 0 } named)
            return await OneAsync(invocation, node, named, cancellation);
        var below = invocation.Value(Below) ? "true" : "false";
        var page = (JsonObject)await node.GetAsync(
            $"{FleetCommand.Path}/custody?limit={RowsMax}&below={below}", cancellation);
        var rows = page.Array("lines").Select(line => new[]
        {
            FleetTelling.Named(line),
            line["size"] is null ? "not described" : FleetTelling.Size(line.Number("size")),
            $"{line.Count("counted")} (floor {line.Count("floor")})" + (line.Flag("below") ? " below" : ""),
            string.Join(", ", line.Array("cells").Select(Cell)),
        }).ToList();
        var rest = page.Number("total") - rows.Count;
        var answer = Answer.Listed(
            (JsonObject)Documents.Camel(page)!,
            invocation.Value(Below) ? "No item is below its floor." : "The fleet keeps nothing yet.",
            ["Item", "Bytes", "Copies", "Held by"], rows);
        return rest <= 0 ? answer : answer with { Lines = [$"And {rest} more, with more copies than these."] };
    }

    private static string Cell(JsonObject copy) =>
        copy.Flag("counts") ? copy.Need("device_name") : $"{copy.Need("device_name")} ({copy.Need("why")})";

    private static async Task<Answer> OneAsync(
        Invocation invocation, NodeApi node, string named, CancellationToken cancellation)
    {
        var id = await IdOfAsync(invocation, named, cancellation);
        var item = (JsonObject)await node.GetAsync(
            $"{FleetCommand.Path}/items/{Uri.EscapeDataString(id)}", cancellation);
        var fleet = (JsonObject)await node.GetAsync(FleetCommand.Path, cancellation);
        var names = fleet.Array("devices").ToDictionary(d => d.Need("id"), d => d.Need("name"));
        var isBelow = item.Number("counted") < item.Number("floor");
        var custodians = (item["custodians"] as JsonArray ?? []).Select(d => Named((string?)d)).ToList();
        List<string> lines =
        [
            $"{FleetTelling.Named(item)}: {item.Count("counted")} of {item.Count("floor")} copies count"
                + (isBelow ? ", below the floor" : ""),
            "custodians: " + (custodians.Count == 0 ? "nobody" : string.Join(", ", custodians)),
        ];
        if (item.Text("baton") is { } baton) lines.Add("looked after this week by " + Named(baton));
        if (item.Text("short_of") is { } why) lines.Add("cannot have its copies for want of: " + why);
        foreach (var copy in item.Array("planned"))
            lines.Add($"a copy is planned from {Named(copy.Text("source"))} to {Named(copy.Text("target"))}");
        if (item.Text("release") is { } release)
            lines.Add($"the copy on {Named(release)} is above the ceiling and may go");
        var rows = item.Array("holdings").Select(h => new[]
        {
            h.Need("device_name"), h.Text("volume_name") ?? FleetTelling.Short(h.Text("volume")), h.Need("state"),
            FleetTelling.Proven(h), h.Need("why"),
        });
        return Answer.Done((JsonObject)Documents.Camel(item)!, [.. lines]) with
        {
            ExitCode = isBelow ? ExitCodes.Bad : ExitCodes.Done,
            Table = Terminal.Table(["Device", "Volume", "State", "Proof", "Counts"], rows),
        };

        string Named(string? device) =>
            device is null ? "" : names.GetValueOrDefault(device, FleetTelling.Short(device));
    }

    private static async Task<Answer> PinAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (kind, id) = (invocation.Value(Kind), await IdOfAsync(invocation, invocation.Value(Item), cancellation));
        var asked = new JsonObject { ["item"] = id, ["kind"] = kind };
        if (invocation.Value(Device) is { } device) asked["device"] = device;
        await node.PostAsync(FleetCommand.Path + "/pins", asked, cancellation);
        return Answer.Done(
            new JsonObject { ["item"] = id, ["kind"] = kind },
            kind switch
            {
                "star" => "Starred: it is repaired first, and never culled.",
                "trash" => "Thrown away: where it is a cached copy, it goes first.",
                _ => "Neither starred nor thrown away.",
            });
    }

    private static async Task<Answer> PlanAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var plan = (JsonObject)await node.GetAsync(FleetCommand.Path + "/plan", cancellation);
        var fleet = (JsonObject)await node.GetAsync(FleetCommand.Path, cancellation);
        var names = fleet.Array("devices").ToDictionary(d => d.Need("id"), d => d.Need("name"));
        var rows = plan.Array("copies").Select(c => Row("copy", c, Named(c, "target"), "from " + Named(c, "source")))
            .Concat(plan.Array("releases").Select(r => Row("release", r, Named(r, "device"), "above the ceiling")))
            .Concat(plan.Array("infeasible").Select(i => Row(
                "short", i, "", $"{Counted.Of(i.Number("missing"), "copy", "copies")} for want of {i.Need("why")}")))
            .Take(RowsMax).ToList();
        var answer = Answer.Done(
            (JsonObject)Documents.Camel(plan)!,
            $"{Counted.Of(plan.Number("copies_total"), "copy", "copies")} to make "
                + $"({FleetTelling.Size(plan.Number("copies_bytes"))}), "
                + $"{Counted.Of(plan.Number("releases_total"), "copy", "copies")} above the ceiling "
                + $"({FleetTelling.Size(plan.Number("releases_bytes"))}), "
                + $"{Counted.Of(plan.Number("infeasible_total"), "item")} short of what they need.",
            $"plan {plan.Need("plan_id")}");
        return rows.Count == 0
            ? answer
            : answer with { Table = Terminal.Table(["Act", "Item", "Bytes", "Device", "Why"], rows) };

        string Named(JsonObject act, string member) =>
            names.GetValueOrDefault(act.Need(member), FleetTelling.Short(act.Need(member)));
    }

    private static string[] Row(string act, JsonObject row, string device, string why) =>
    [
        act, FleetTelling.Short(row.Text("item")), row["size"] is null ? "" : FleetTelling.Size(row.Number("size")),
        device, why,
    ];

    /// <summary>A file's item is worked out here, so that its path goes nowhere.</summary>
    private static async Task<string> IdOfAsync(
        Invocation invocation, string named, CancellationToken cancellation)
    {
        if (!File.Exists(named)) return named;
        await using var file = File.OpenRead(named);
        if (file.Length == 0) throw CliFailure.Refused("empty_file", "An empty file is no item.");
        using var progress = new Progress(invocation.Terminal);
        var (tree, buffer, done) = (new PiecesRoot(), new byte[1 << 20], 0L);
        for (int read; (read = await file.ReadAsync(buffer, cancellation)) > 0; done += read)
        {
            tree.Add(buffer.AsSpan(0, read));
            progress.Tell($"Reading: {FleetTelling.Size(done + read)} of {FleetTelling.Size(file.Length)}");
        }

        return ItemId.Of(done, tree.Root()).ToString();
    }
}
