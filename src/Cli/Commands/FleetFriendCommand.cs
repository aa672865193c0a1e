using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet friend</c>: what friends keep for this fleet, and what this device lends them.</summary>
internal static class FleetFriendCommand
{
    private const string Route = "/api/v1/fleet/friends";

    private static readonly Argument<string> Friend = new("friend")
    {
        Description = "A friend, by its node's id or by what it is called here.",
    };

    private static readonly Argument<string> Item = new("item")
    {
        Description = "An item, by six digits of its id or more.",
    };

    private static readonly Option<string> Volume = new("--volume")
    {
        Description = "The volume of this device that is lent of, by its id or name.",
        HelpName = "VOLUME",
        Required = true,
    };

    private static readonly Option<string> Bytes = new("--bytes")
    {
        Description = "How much, such as 500GB.",
        HelpName = "SIZE",
        Required = true,
    };

    private static readonly Option<string> At = new("--at")
    {
        Description = "The friend that keeps it.",
        HelpName = "FRIEND",
        Required = true,
    };

    private static readonly Option<bool> Own = new("--own")
    {
        Description = "Say that the item is your own, where nothing else is known of it.",
    };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Do it. Otherwise only what would happen is shown.",
    };

    public static Command Build(Terminal terminal) =>
        new("friend", "What friends keep for this fleet, and what this device lends them.")
        {
            new Command("list", "Room that is lent, to whom and by whom, and what is kept there.")
                .Runs(terminal, ListAsync),
            new Command("lend", "Lend a friend room on a volume of this device; again to change how much.")
                { Friend, Volume, Bytes }.Runs(terminal, LendAsync),
            new Command("end", "End a loan: the friend has 14 days to bring its copies elsewhere.") { Friend, Apply }
                .Runs(terminal, EndAsync),
            new Command("keep", "Have a friend keep a copy of an item; shows what would happen first.")
                { Item, At, Own, Apply }.Runs(terminal, KeepAsync),
            new Command("drop", "Let a friend's copy of an item go; shows what would happen first.")
                { Item, At, Apply }.Runs(terminal, DropAsync),
        };

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var all = (JsonObject)await node.GetAsync(Route, cancellation);
        var rows = all.Array("loans").Select(l => new[]
        {
            Name(l), "lent to", "", Of(l.Number("used"), l),
            !l.Flag("is_friend") ? "no friend any more"
                : Ends(l) ?? Counted.Of(l.Number("copies"), "copy", "copies"),
        }).ToList();
        foreach (var friend in all.Array("friends"))
        {
            var used = friend.Number("bytes") - friend.Number("free");
            rows.Add([Name(friend), "lends", "", Of(used, friend), Ends(friend) ?? ""]);
            rows.AddRange(friend.Array("copies").Select(c => new[]
            {
                Name(friend), "keeps", FleetTelling.Short(c.Need("item")), "",
                c.Text("code") is { } code ? $"{c.Need("state")}: {code}" : c.Need("state"),
            }));
        }

        return Answer.Listed(
            (JsonObject)Documents.Camel(all)!,
            "No friend keeps anything for you, and you lend nothing. Begin with: anarchive fleet friend lend",
            ["Friend", "", "Item", "Bytes", "State"],
            [.. rows]);
    }

    private static async Task<Answer> LendAsync(Invocation invocation, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["friend"] = invocation.Value(Friend),
            ["volume"] = invocation.Value(Volume),
            ["bytes"] = Sizes.Read(invocation.Value(Bytes)!)
                ?? throw CliFailure.CannotRun("usage", "A size looks like 40GB, 2.5TB or 500MB."),
        };
        using var node = NodeApi.Open(invocation.Home);
        var loan = (JsonObject)await node.PostAsync($"{Route}/loans", body, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(loan)!,
            $"Lent. The friend may fill {FleetTelling.Size(loan.Number("bytes"))}, and you can read what it "
            + "keeps there.");
    }

    private static async Task<Answer> EndAsync(Invocation invocation, CancellationToken cancellation)
    {
        var apply = invocation.Value(Apply);
        var body = new JsonObject { ["friend"] = invocation.Value(Friend), ["apply"] = apply };
        using var node = NodeApi.Open(invocation.Home);
        var ended = (JsonObject)await node.PostAsync($"{Route}/loans/end", body, cancellation);
        var loan = (JsonObject)ended["loan"]!;
        var what = $"{Counted.Of(loan.Number("copies"), "copy", "copies")}, {FleetTelling.Size(loan.Number("used"))}";
        return Answer.Done(
            (JsonObject)Documents.Camel(ended)!,
            apply ? $"Ended: on {Day(loan)} its {what} are set aside, and deleted a week later."
                : $"It would be told, and on {Day(loan)} its {what} be set aside. Do it with --apply.");
    }

    private static async Task<Answer> KeepAsync(Invocation invocation, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["friend"] = invocation.Value(At),
            ["item"] = invocation.Value(Item),
            ["own"] = invocation.Value(Own),
            ["apply"] = invocation.Value(Apply),
        };
        using var node = NodeApi.Open(invocation.Home);
        var kept = (JsonObject)await node.PostAsync($"{Route}/copies", body, cancellation);
        var size = FleetTelling.Size(kept.Number("size"));
        var answer = Answer.Done(
            (JsonObject)Documents.Camel(kept)!,
            kept.Text("code") is { } code ? FriendRefusals.Of(code)
                : kept.Flag("asked") ? "Asked for. See: anarchive fleet friend list"
                : $"The friend would fetch {size}, has room for {FleetTelling.Size(kept.Number("free"))}, and can read "
                + "them. Do it with --apply.");
        return kept.Text("code") is null ? answer : answer with { ExitCode = ExitCodes.Bad };
    }

    private static async Task<Answer> DropAsync(Invocation invocation, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["friend"] = invocation.Value(At),
            ["item"] = invocation.Value(Item),
            ["apply"] = invocation.Value(Apply),
        };
        using var node = NodeApi.Open(invocation.Home);
        var drop = (JsonObject)await node.PostAsync($"{Route}/copies/drop", body, cancellation);
        var copies = $"{drop["elsewhere"]} of {drop["floor"]} copies are elsewhere";
        var answer = Answer.Done(
            (JsonObject)Documents.Camel(drop)!,
            drop.Text("code") is { } code ? $"It stays; {copies}. {FriendRefusals.Of(code)}"
                : drop.Flag("begun") ? "Begun. See: anarchive fleet release list"
                : $"It could go: {copies}. Do it with --apply.");
        return drop.Text("code") is null ? answer : answer with { ExitCode = ExitCodes.Bad };
    }

    private static string Name(JsonObject of) =>
        of.Text("name") is { Length: > 0 } name ? name : FleetTelling.Short(of.Need("friend"));

    private static string Of(long used, JsonObject room) =>
        $"{FleetTelling.Size(used)} of {FleetTelling.Size(room.Number("bytes"))}";

    private static string? Ends(JsonObject of) => of["ends_ms"] is null ? null : $"ends {Day(of)}";

    private static string Day(JsonObject of) => DateTimeOffset.FromUnixTimeMilliseconds(of.Number("ends_ms"))
        .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
