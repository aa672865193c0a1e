using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet release</c>: copies that this device lets go, under the locks of others.</summary>
internal static class FleetReleaseCommand
{
    private const string Route = "/api/v1/fleet/releases";

    private static readonly Argument<string> Item = new("item") { Description = "An item, by its 64 digits." };

    private static readonly Option<string?> Volume = new("--volume")
    {
        Description = "The volume whose copy goes. Otherwise the first that has one.",
        HelpName = "VOLUME",
    };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Do it. Otherwise only what would happen is shown.",
    };

    public static Command Build(Terminal terminal) => new("release", "Copies that this device lets go.")
    {
        new Command("list", "Releases in flight, and how the last of each item ended.").Runs(terminal, ListAsync),
        new Command("start", "Let this device's copy of an item go; shows what would happen first.")
            { Item, Volume, Apply }.Runs(terminal, StartAsync),
        new Command("unfreeze", "Let copies go again after too many went at once.").Runs(terminal, UnfreezeAsync),
    };

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var all = (JsonObject)await node.GetAsync(Route, cancellation);
        return Answer.Listed(
            (JsonObject)Documents.Camel(all)!,
            "Nothing was let go here.",
            ["Item", "Volume", "Stage", "Outcome", "Refused"],
            [
                .. all.Array("releases").Select(r => new[]
                {
                    r.Need("item"), r.Need("volume"), r.Need("stage"), r.Text("outcome") ?? "",
                    string.Join(' ', r.Array("refused").Select(d => $"{d.Need("device")[..8]}:{d.Need("code")}")),
                }),
            ]);
    }

    private static async Task<Answer> StartAsync(Invocation invocation, CancellationToken cancellation)
    {
        var body = new JsonObject { ["item"] = invocation.Value(Item), ["apply"] = invocation.Value(Apply) };
        if (invocation.Value(Volume) is { } volume) body["volume"] = volume;
        using var node = NodeApi.Open(invocation.Home);
        var answer = (JsonObject)await node.PostAsync(Route, body, cancellation);
        var copies = $"{answer["elsewhere"]} of {answer["floor"]} copies are elsewhere";
        return Answer.Done(
            (JsonObject)Documents.Camel(answer)!,
            answer.Text("code") is { } code ? $"It stays: {code}; {copies}."
                : (bool)answer["begun"]! ? "Begun. See: anarchive fleet release list"
                : $"It could go: {copies}. Do it with --apply.");
    }

    private static async Task<Answer> UnfreezeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        await node.PostAsync($"{Route}/unfreeze", new JsonObject(), cancellation);
        return Answer.Done(new JsonObject { ["frozen"] = false }, "Copies can be let go again.");
    }
}
