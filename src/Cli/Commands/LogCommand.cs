using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive log</c>: what the running node logged last, and how much it says.</summary>
internal static class LogCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly Argument<string[]> Words = new("LEVEL")
    {
        HelpName = "[AREA] LEVEL",
        Description = "An area (storage, engine, sync, hives, web, cli) and its level; without an area, for all.",
        Arity = new ArgumentArity(0, 2),
    };

    private static readonly Option<bool> Follow = new("--follow")
    {
        Description = "Go on with what is logged from now on, until interrupted.",
    };

    public static Command Build(Terminal terminal) =>
        new("log", "See the running node's log, and change how much it says.")
        {
            new Command("show", "Print the last entries.") { Follow }.Runs(terminal, ShowAsync),
            new Command("level", "Show or change the level of each area, until the next start.") { Words }
                .Runs(terminal, LevelAsync),
        };

    private static async Task<Answer> ShowAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var logs = (JsonObject)await node.GetAsync("/api/v1/logs/", cancellation);
        if (!invocation.Value(Follow))
            return new Answer(
                ExitCodes.Done,
                new JsonObject { ["entries"] = Documents.Camel(logs["entries"]) },
                [.. logs.Array("entries").Select(Line)]);
        using var looks = new PeriodicTimer(LookEvery);
        do
        {
            foreach (var entry in logs.Array("entries")) Say(invocation, entry);
            invocation.Terminal.Results.Flush();
            try
            {
                await looks.WaitForNextTickAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                return Answer.Silent;
            }

            logs = (JsonObject)await node.GetAsync($"/api/v1/logs/?after={logs.Count("next")}", cancellation);
        }
        while (true);
    }

    /// <summary>A document a line where JSON is asked for: there is no end that could close one document.</summary>
    private static void Say(Invocation invocation, JsonObject entry)
    {
        if (invocation.Json)
            invocation.Terminal.Results.WriteLine(CommandLine.Versioned((JsonObject)Documents.Camel(entry)!));
        else invocation.Terminal.Result(Line(entry));
    }

    private static async Task<Answer> LevelAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var levels = (JsonArray)(invocation.Value(Words) switch
        {
            [var area, var level] => await SetAsync(node, level, area, cancellation),
            [var level] => await SetAsync(node, level, null, cancellation),
            _ => await node.GetAsync("/api/v1/logs/levels", cancellation),
        });
        var document = new JsonObject();
        foreach (var each in levels.OfType<JsonObject>()) document[each.Need("area")] = each.Need("level");
        return Answer.Done(new JsonObject { ["levels"] = document }) with
        {
            Table = Terminal.Table(
                ["Area", "Level"],
                levels.OfType<JsonObject>().Select(l => new[] { l.Need("area"), l.Need("level") })),
        };
    }

    private static Task<JsonNode> SetAsync(NodeApi node, string level, string? area, CancellationToken cancellation)
    {
        var request = new JsonObject { ["level"] = level };
        if (area is not null) request["area"] = area;
        return node.PostAsync("/api/v1/logs/levels", request, cancellation);
    }

    private static string Line(JsonObject entry)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(entry.Number("time_ms"))
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var cause = entry.Text("cause") is { } thrown ? $" | {thrown}" : "";
        return $"{time} {entry.Need("level")} {entry.Need("area")} {entry.Count("event_id")}: "
            + $"{entry.Need("message")}{cause}";
    }
}
