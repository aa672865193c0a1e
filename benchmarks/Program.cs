using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Benchmarks;
using Anarchive.Cli;

var filter = new Argument<string>("filter")
{
    Description = "Run the benchmarks whose name contains it.",
    DefaultValueFactory = _ => "",
};
var events = new Option<int?>("--events") { Description = "Events to work with; each benchmark has its own number." };
var runs = new Option<int>("--runs") { Description = "Runs; the median counts.", DefaultValueFactory = _ => 3 };
var minutes = new Option<double>("--minutes")
{
    Description = "How long what runs for a time runs.",
    DefaultValueFactory = _ => 10,
};
var home = new Option<string?>("--home")
{
    Description = "Fill and keep this data directory, which no other node may own.",
    HelpName = "DIR",
};
var items = new Option<int?>("--items") { Description = "Items of the fleet that is planned for." };
var devices = new Option<int?>("--devices") { Description = "Devices of the fleet that is planned for." };
var json = new Option<bool>("--json") { Description = "Print one JSON document." };
var root = new RootCommand("Measures a node, each figure beside its baseline.")
{
    filter, events, runs, minutes, home, items, devices, json,
};
root.SetAction(async (parsed, cancellation) =>
{
    var settings = new Settings(
        parsed.GetValue(events), parsed.GetValue(runs), parsed.GetValue(minutes), parsed.GetValue(home),
        line => Console.Error.WriteLine(line))
    {
        Items = parsed.GetValue(items),
        Devices = parsed.GetValue(devices),
    };
    (string Name, Func<Settings, CancellationToken, Task<Report>> Run)[] all =
    [
        ("backfill", Backfill.RunAsync),
        ("join", Join.RunAsync),
        ("write", LocalWrite.RunAsync),
        ("push", Push.RunAsync),
        ("verify", Verify.RunAsync),
        ("merge", Merge.RunAsync),
        ("transfer", Transfer.RunAsync),
        ("overload", Overload.RunAsync),
        ("hostile", Hostile.RunAsync),
        ("isolation", Isolation.RunAsync),
        ("plan", Plan.RunAsync),
        ("custody", CustodyPages.RunAsync),
        ("library", LibraryPages.RunAsync),
        ("ui", UiPages.RunAsync),
        ("scale", Scale.RunAsync),
        ("peers", Peers.RunAsync),
        ("soak", Soak.RunAsync),
    ];
    var reports = new JsonArray();
    var word = parsed.GetValue(filter)!;
    // What takes long runs only where it was asked for by name.
    string[] byNameOnly = ["scale", "peers", "soak"];
    foreach (var (name, run) in all.Where(b => b.Name.Contains(word, StringComparison.Ordinal)))
    {
        if (byNameOnly.Contains(name) && word != name) continue;
        settings.Log($"{name}: running");
        var report = await run(settings, cancellation);
        reports.Add(report.Document);
        if (!parsed.GetValue(json)) Console.WriteLine($"{name}: {report.Sentence}");
    }

    if (parsed.GetValue(json)) Console.WriteLine(CommandLine.Versioned(new JsonObject { ["benchmarks"] = reports }));
    return reports.Count > 0 ? ExitCodes.Done : ExitCodes.CannotRun;
});
using var stop = new StopSignal();
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await root.Parse(args).InvokeAsync(configuration, stop.Token);
