using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive hive</c>: found hives and look at them.</summary>
internal static class HiveCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The hive's name here." };

    private static readonly Option<string?> Title = new("--title")
    {
        Description = "What people read above the hive; otherwise its name.",
        HelpName = "TEXT",
    };

    private static readonly Option<string?> About = new("--description")
    {
        Description = "What the hive is about.",
        HelpName = "TEXT",
    };

    private static readonly Option<string?> Votes = new("--vote-privacy")
    {
        Description = "pseudonymous (default), per_agent or tally; fixed for ever.",
        HelpName = "MODE",
    };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Change a setting; may be given several times.",
        HelpName = "KEY=VALUE",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say what the settings would delete; nothing is changed.",
    };

    private static readonly Argument<string> Link = new("link") { Description = "The link its owner gave out." };

    private static readonly Option<string?> As = new("--name")
    {
        Description = "What to call the hive here; otherwise after its title.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Cursor = new("--cursor")
    {
        Description = "Go on where the page before ended.",
        HelpName = "CURSOR",
    };

    private static readonly Option<bool> NoRetention = new("--no-retention")
    {
        Description = "Leave out what the hive's retention deleted.",
    };

    public static Command Build(Terminal terminal)
    {
        Votes.AcceptOnlyFromAmong("pseudonymous", "per_agent", "tally");
        return new("hive", "Found hives and look at them.")
        {
            new Command("list", "List the hives on this node.").Runs(terminal, ListAsync),
            new Command("create", "Found a hive that this node owns.") { Name, Title, About, Votes }
                .Runs(terminal, CreateAsync),
            new Command("show", "Show one hive.") { Name }.Runs(terminal, ShowAsync),
            new Command("settings", "Show a hive's settings, who wrote them and when, or change them.")
            {
                Name, Set, DryRun,
            }.Runs(terminal, SettingsAsync),
            new Command("moderation", "Show what a hive's owners and moderators did, newest first.")
            {
                Name, Cursor, NoRetention,
            }.Runs(terminal, ModerationAsync),
            new Command("follow", "Read a public hive along without being a member.") { Link, As }
                .Runs(terminal, FollowAsync),
        };
    }

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var hives = (JsonArray)await node.GetAsync("/api/v1/hives", cancellation);
        var rows = hives.OfType<JsonObject>().Select(h => new[]
        {
            h.Text("name") ?? "", h.Text("title") ?? "", h.Count("posts"), h.Count("comments"), h.Count("members"),
            RoleIn(h),
        });
        return Answer.Listed(
            new JsonObject { ["hives"] = Documents.Camel(hives) },
            "No hives yet. Found one with: anarchive hive create NAME",
            ["Name", "Title", "Posts", "Comments", "Members", "This node"],
            [.. rows]);
    }

    private static async Task<Answer> CreateAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var name = invocation.Value(Name);
        var request = new JsonObject { ["name"] = name };
        if (invocation.Value(Title) is { } title) request["title"] = title;
        if (invocation.Value(About) is { } description) request["description"] = description;
        if (invocation.Value(Votes) is { } votes) request["vote_privacy"] = votes;
        await node.PostAsync("/api/v1/hives", request, cancellation);
        var hive = await DetailAsync(node, name, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(hive["hive"])!, $"{name} is founded. Share it with: anarchive invite {name}");
    }

    private static async Task<Answer> ShowAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var detail = await DetailAsync(node, invocation.Value(Name), cancellation);
        var hive = (JsonObject)detail["hive"]!;
        var document = (JsonObject)Documents.Camel(hive)!;
        var link = detail.Text("public_link");
        document["publicLink"] = link;
        var lines = new List<string>
        {
            $"{hive.Need("name")}: {hive.Need("title")}",
            $"{hive.Count("posts", "post")}, {hive.Count("comments", "comment")}, "
                + $"{hive.Count("members", "member")}, {hive.Count("events", "event")}",
            $"group {hive.Need("group_id")}, votes {hive.Need("vote_privacy")}",
        };
        if (link is not null) lines.Add($"anybody may read it at {link}");
        if (hive["mirror"] is JsonObject mirror)
        {
            lines.Add($"followed from {mirror.Need("link")}");
            if (mirror.Text("failure") is { } code) lines.Add($"could not be read lately: {code}; it is tried again");
        }

        if (hive.Flag("left")) lines.Add("left: nothing is sent or received");

        return Answer.Done(document, [.. lines]);
    }

    private static async Task<Answer> FollowAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var request = new JsonObject { ["link"] = invocation.Value(Link) };
        if (invocation.Value(As) is { } name) request["name"] = name;
        var followed = (JsonObject)await node.PostAsync("/api/v1/sync/follow", request, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(followed)!,
            $"{followed.Need("hive")} is followed; its events are on their way.");
    }

    private static string RoleIn(JsonObject hive) =>
        hive["mirror"] is JsonObject mirror
            ? mirror.Text("failure") is { } code ? $"follows ({code})" : "follows"
            : hive.Flag("left") ? "left"
            : hive.Flag("owned_here") ? "owner" : "member";

    private static async Task<Answer> SettingsAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var name = invocation.Value(Name);
        if (invocation.Value(Set) is { Length: > 0 } changes)
        {
            var settings = new JsonObject();
            foreach (var change in changes)
            {
                if (change.Split('=', 2) is not [{ Length: > 0 } key, var value])
                    throw CliFailure.CannotRun("usage", "--set takes KEY=VALUE.");
                settings[key] = value;
            }

            if (invocation.Value(DryRun)) return await LapsingAsync(node, name, settings, cancellation);
            await node.SendAsync(
                HttpMethod.Patch, HivePath(name), new JsonObject { ["settings"] = settings }, cancellation);
        }

        var detail = await DetailAsync(node, name, cancellation);
        var rows = detail.Array("settings").Select(s => new[]
        {
            s.Text("key") ?? "", s.Text("value") ?? "", (s["writer"] as JsonObject)?.Text("name") ?? "",
        });
        return Answer.Done(new JsonObject { ["settings"] = Documents.Camel(detail["settings"]) }) with
        {
            Table = Terminal.Table(["Setting", "Value", "Written by"], rows),
        };
    }

    /// <summary>Of all settings one alone deletes something.</summary>
    private static async Task<Answer> LapsingAsync(
        NodeApi node, string name, JsonObject settings, CancellationToken cancellation)
    {
        var days = settings.Text("retention_days") is { Length: > 0 } text ? text : "0";
        var told = (JsonObject)await node.GetAsync(
            $"{HivePath(name)}/lapsing?days={Uri.EscapeDataString(days)}", cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(told)!,
            $"{Counted.Of(told.Number("items"), "post or comment", "posts and comments")} would be deleted for "
                + "everybody. Nothing was changed.");
    }

    private static async Task<Answer> ModerationAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (without, cursor) = (invocation.Value(NoRetention), invocation.Value(Cursor));
        var path = $"{HivePath(invocation.Value(Name))}/moderation?retention={(without ? "false" : "true")}";
        if (cursor is not null) path += "&cursor=" + Uri.EscapeDataString(cursor);
        var page = (JsonObject)await node.GetAsync(path, cancellation);
        var rows = page.Array("items").Select(line => new[]
        {
            Moments.Local(line.Number("at_ms")),
            (line["agent"] as JsonObject)?.Text("name") ?? "node " + (line.Text("instance_id") ?? "")[3..9],
            (line.Text("act") ?? "").Replace('_', ' '), Matter(line),
            line.Text("cause") == "retention" ? "older than the hive keeps" : line.Text("reason") ?? "",
        }).ToList();
        // A page without retention's deletions may be empty and yet not the last.
        string[] lines = page.Text("next") is { } next
            ? [$"Older ones: anarchive hive moderation {invocation.Value(Name)} --cursor {next}"
                + (without ? " --no-retention" : "")]
            : rows.Count == 0 ? ["Nothing yet."] : [];
        return Answer.Done((JsonObject)Documents.Camel(page)!, lines) with
        {
            Table = rows.Count == 0 ? null : Terminal.Table(["When", "Who", "Act", "About", "Why"], rows),
        };
    }

    private static string Matter(JsonObject line)
    {
        var about = line.Text("setting") is { } key ? $"{key} = {line.Text("value")}"
            : (line["subject"] as JsonObject)?.Text("name") ?? line.Text("target_id")
            ?? string.Join(", ", line["instances"]!.AsArray().Select(n => "node " + n!.GetValue<string>()[3..9]));
        return line["owner_stands"]?.GetValue<bool>() == true ? about + " (the owner's word stands)" : about;
    }

    private static async Task<JsonObject> DetailAsync(NodeApi node, string name, CancellationToken cancellation) =>
        (JsonObject)await node.GetAsync(HivePath(name), cancellation);

    private static string HivePath(string name) => "/api/v1/hives/" + Uri.EscapeDataString(name);
}
