using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive net aggregator</c> and <c>anarchive net report</c>, asked of the running node.</summary>
internal static class NetSignalCommands
{
    private const string Aggregator = "/api/v1/net/aggregator";
    private const string Report = "/api/v1/net/report";

    private static readonly Argument<string> Name = new("name")
    {
        Description = "What you call the household.",
    };

    private static readonly Argument<string> Text = new("text")
    {
        Description = "The text that the aggregator's owner made for you.",
    };

    private static readonly Option<bool> Agree = new("--agree")
    {
        Description = "The aggregator can read your report; you trust it to publish totals only.",
    };

    private static readonly Argument<string> Key = new("key")
    {
        Description = "A work, such as work:tvdb:s81189/1/1, or a public file's bt2 key.",
    };

    private static readonly Argument<string> Metric = new("metric")
    {
        Description = "finished, dropped, kept, trashed, starred or rewatch; of a swarm healthy, stalled or dead.",
    };

    private static readonly Argument<string> OnOff = new("on|off")
    {
        Description = "It is off until you turn it on.",
    };

    static NetSignalCommands() => OnOff.AcceptOnlyFromAmong("on", "off");

    private static readonly string[] States = ["healthy", "stalled", "dead"];

    public static IEnumerable<Command> Build(Terminal terminal) =>
    [
        new Command("aggregator", "Count what households report, and publish totals of five or more.")
        {
            new Command("start", "Take reports of the households that you enrol.")
                .Runs(terminal, (i, c) => RunAsync(i, true, c)),
            new Command("enrol", "Make the text for one household; it is shown once.") { Name }
                .Runs(terminal, EnrolAsync),
            new Command("list", "List the households that are counted.").Runs(terminal, ListAsync),
            new Command("remove", "Count a household no longer.") { Name }.Runs(terminal, RemoveAsync),
            new Command("stop", "Take no more reports, and delete those that are not counted.")
                .Runs(terminal, (i, c) => RunAsync(i, false, c)),
        },
        new Command("report", "Report to an aggregator once a week, sealed and by way of a friend.")
        {
            new Command("join", "Turn reporting on, by the text that an aggregator's owner made.") { Text, Agree }
                .Runs(terminal, JoinAsync),
            new Command("show", "Show to whom you report, and what waits.").Runs(terminal, ShowAsync),
            new Command("add", "Note what was done with a title this week.") { Key, Metric }
                .Runs(terminal, AddAsync),
            new Command("watched", "Report what is watched to its end on this device, or no longer.") { OnOff }
                .Runs(terminal, WatchedAsync),
            new Command("leave", "Turn reporting off, and delete what waits.").Runs(terminal, LeaveAsync),
        },
    ];

    private static async Task<Answer> RunAsync(Invocation invocation, bool runs, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var state = await node.PostAsync(Aggregator, new JsonObject { ["running"] = runs }, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(state)!,
            runs
                ? "This node counts. Enrol households with: anarchive net aggregator enrol NAME"
                : "This node takes no more reports; those that were not counted are deleted.");
    }

    private static async Task<Answer> EnrolAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var made = (JsonObject)await node.PostAsync(
            Aggregator + "/households", new JsonObject { ["name"] = invocation.Value(Name) }, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(made)!,
            made.Text("text") ?? "",
            "Whoever has this text reports as that household. Its owner enters: anarchive net report join TEXT");
    }

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var state = (JsonObject)await node.GetAsync(Aggregator, cancellation);
        var rows = state.Array("households").Select(h => new[]
        {
            h.Text("name") ?? "", Date(h.Number("since_ms")),
        }).ToList();
        var none = state.Flag("running")
            ? "No household is enrolled. Enrol one with: anarchive net aggregator enrol NAME"
            : "This node counts nobody. Begin with: anarchive net aggregator start";
        var listed = Answer.Listed(
            (JsonObject)Documents.Camel(state)!, none, ["Household", "Enrolled"], rows);
        return rows.Count == 0 ? listed : listed with { Lines = [Summary(state)] };
    }

    private static string Summary(JsonObject state)
    {
        if (!state.Flag("running")) return "This node takes no reports now.";
        var open = state.Text("open_week") is { } week
            ? $"Reports of {week} are taken now: {state.Count("reports")} came."
            : "Reports are taken from Monday to Wednesday.";
        return state.Text("counted_week") is { } counted
            ? $"{open} Counted last: {counted}, {Counted.Of((int)state.Number("counted_sources"), "household")}."
            : open;
    }

    private static async Task<Answer> RemoveAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var name = invocation.Value(Name);
        var path = $"{Aggregator}/households/{Uri.EscapeDataString(name)}";
        await node.SendAsync(HttpMethod.Delete, path, null, cancellation);
        return Answer.Done(new JsonObject { ["removed"] = name }, "It is counted no longer.");
    }

    private static async Task<Answer> JoinAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject { ["text"] = invocation.Value(Text), ["agree"] = invocation.Value(Agree) };
        try
        {
            var made = (JsonObject)await node.PostAsync(Report, asked, cancellation);
            return Answer.Done(
                (JsonObject)Documents.Camel(made)!, made.Text("label") ?? "",
                $"You report to {made.Text("aggregator")} from now on, once a week.");
        }
        catch (CliFailure refused) when (refused.Code == "notice_required")
        {
            throw CliFailure.Refused(refused.Code, refused.Message + " If that is well, run this again with --agree.");
        }
    }

    private static async Task<Answer> ShowAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var report = (JsonObject)await node.GetAsync(Report, cancellation);
        var document = (JsonObject)Documents.Camel(report)!;
        if (!report.Flag("on"))
            return Answer.Done(document, "You report to nobody, and nothing is kept.", report.Text("label") ?? "");
        string[] lines =
        [
            $"You report to {report.Text("aggregator")}. {report.Text("label")}",
            $"{Counted.Of((int)report.Number("waiting"), "thing")} to be reported."
                + (report.Text("sent_week") is { } week ? $" Sent last: {week}." : ""),
            report.Flag("counts_watched") ? "What is watched is reported." : "What is watched is not reported.",
        ];
        return Answer.Done(document, Cause(report.Text("cause")) is { } cause ? [.. lines, cause] : lines);
    }

    private static string? Cause(string? code) => code switch
    {
        null => null,
        "report_refused" => "The aggregator does not count it: ask its owner whether you are enrolled, and for a clock "
            + "that is right on both sides.",
        _ => "No friend of yours could pass it on: it takes one who is a friend of the aggregator. It is tried again.",
    };

    private static async Task<Answer> AddAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var (key, what) = (invocation.Value(Key), invocation.Value(Metric));
        await node.PostAsync(
            "/api/v1/net/signal",
            new JsonObject { ["key"] = key, [States.Contains(what) ? "state" : "metric"] = what }, cancellation);
        return Answer.Done(
            new JsonObject { ["key"] = key, ["what"] = what }, "It is reported with this week, once the week is over.");
    }

    private static async Task<Answer> WatchedAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var on = invocation.Value(OnOff) == "on";
        var report = await node.PostAsync(Report + "/watched", new JsonObject { ["on"] = on }, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(report)!,
            on
                ? "What is watched to its end is reported, where a catalogue knows it and its folder is open to Net."
                : "What is watched is not reported; every finished and rewatch that waited is deleted.");
    }

    private static async Task<Answer> LeaveAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        await node.SendAsync(HttpMethod.Delete, Report, null, cancellation);
        return Answer.Done(new JsonObject { ["on"] = false }, "You report no longer; what waited is deleted.");
    }

    private static string Date(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
