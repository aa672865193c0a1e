using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet repin</c>: makes the copies that the plan wants on this device.</summary>
internal static class FleetRepinCommand
{
    private const string Plan = FleetCommand.Path + "/plan";

    public static Command Build(Terminal terminal) =>
        new Command("repin", "Show the copies that are missing; --apply makes those that fall to this device.")
        {
            FleetTelling.Apply,
        }.Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        if (invocation.Value(FleetTelling.Apply) is { } applied)
            return Ordered((JsonObject)await node.PostAsync(
                $"{Plan}/{Uri.EscapeDataString(applied)}/copies", [], cancellation));
        var plan = (JsonObject)await node.GetAsync(Plan, cancellation);
        var fleet = (JsonObject)await node.GetAsync(FleetCommand.Path, cancellation);
        var names = fleet.Array("devices").ToDictionary(d => d.Need("id"), d => d.Need("name"));
        var copies = plan.Array("copies").ToList();
        if (copies.Count == 0) return Answer.Done((JsonObject)Documents.Camel(plan)!, "No copy is missing.");
        // The list is cut; its counts are whole.
        var (total, own) = (plan.Number("copies_total"), plan.Number("copies_own"));
        List<string> lines =
        [
            $"{Counted.Of(total, "copy", "copies")} to make, "
                + $"{FleetTelling.Size(plan.Number("copies_bytes"))}. Nothing was done.",
        ];
        if (own > 0) lines.Add($"To make those of this device: --apply {plan.Need("plan_id")}");
        if (total > own) lines.Add(Elsewhere(total - own));
        return Answer.Done((JsonObject)Documents.Camel(plan)!, [.. lines]) with
        {
            Table = Terminal.Table(["Item", "Bytes", "To", "From"], copies.Select(c => new[]
            {
                FleetTelling.Short(c.Text("item")), FleetTelling.Size(c.Number("size")), Named(c, "target"),
                Named(c, "source"),
            })),
        };

        string Named(JsonObject copy, string role) =>
            names.GetValueOrDefault(copy.Need(role), FleetTelling.Short(copy.Text(role)));
    }

    private static string Elsewhere(long copies) =>
        $"{Counted.Of(copies, "copy falls", "copies fall")} to other devices: run this there, or have the policy make "
        + "them by itself with --auto-copy.";

    private static Answer Ordered(JsonObject done)
    {
        List<string> lines =
            [$"{Counted.Of(done.Number("asked"), "copy", "copies")} asked for here. See: anarchive fleet copy list"];
        if (done.Number("elsewhere") is > 0 and var elsewhere) lines.Add(Elsewhere(elsewhere));
        if (done.Text("code") is { } code) lines.Add($"Not all could be asked for: {code}");
        var answer = Answer.Done((JsonObject)Documents.Camel(done)!, [.. lines]);
        return done.Text("code") is null ? answer : answer with { ExitCode = ExitCodes.Bad };
    }
}
