using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive bench</c>: puts a node under load, in a data directory made for it.</summary>
internal static class BenchCommand
{
    /// <summary>Tells a data directory that a load test made from somebody's own.</summary>
    private const string Mark = "made-by-bench";

    private static readonly Option<int> Hives = Number("--hives", "Hives to write to.", 3);
    private static readonly Option<int> Peers = Number("--peers", "Further nodes that share every hive.", 1);
    private static readonly Option<int> Writers = Number("--writers", "Writes under way at once, over all nodes.", 8);
    private static readonly Option<int> Readers = Number("--readers", "Reads under way at once, over all nodes.", 8);
    private static readonly Option<int> Rate = Number("--writes", "Writes a second, over all nodes.", 100);
    private static readonly Option<int> Reads = Number("--reads", "Reads a second, over all nodes.", 100);
    private static readonly Option<int> Seconds = Number("--seconds", "How long to go on.", 30);

    private static readonly Option<bool> Yes = new("--yes")
    {
        Description = "Also use a data directory that was not made for it: new hives are added to it.",
    };

    public static Command Build(Terminal terminal) => new("bench", "Put a node under load.")
    {
        new Command("load", "Write and read at fixed rates, and tell how long answers and peers took.")
        {
            Hives, Peers, Writers, Readers, Rate, Reads, Seconds, Yes,
        }.Runs(terminal, LoadAsync),
    };

    private static async Task<Answer> LoadAsync(Invocation invocation, CancellationToken cancellation)
    {
        var plan = Plan(invocation);
        var scratch = Directory.CreateTempSubdirectory("anarchive-load-").FullName;
        var started = new List<NodeProcess>();
        try
        {
            var home = invocation.GivenHome ?? new Home(Path.Combine(scratch, "node"));
            Claim(home, invocation.Value(Yes));
            if (!File.Exists(home.UrlFile)) started.Add(await StartAsync(home, "load"));
            using var node = NodeApi.Open(home);
            for (var n = 1; n <= plan.Peers; n++)
                started.Add(await StartAsync(new Home(Path.Combine(scratch, $"peer-{n}")), $"peer-{n}"));
            NodeApi[] nodes = [node, .. started.Where(p => p.Home != home).Select(p => p.Api)];
            using var progress = new Progress(invocation.Terminal);
            var prefix = "load-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
            var document = await new LoadTest(plan, nodes, prefix, progress.Tell).RunAsync(cancellation);
            progress.Dispose();
            document["peakMegabytes"] = started.Max(p => p.PeakKilobytes() ?? 0) / 1024;
            return Tell(document);
        }
        finally
        {
            foreach (var process in started) await process.DisposeAsync();
            Directory.Delete(scratch, recursive: true);
        }

        Task<NodeProcess> StartAsync(Home at, string name) =>
            NodeProcess.StartAsync(at, name, invocation.Terminal.Remark, cancellation);
    }

    /// <summary>Takes a data directory that is new or of an earlier test; another only where allowed.</summary>
    private static void Claim(Home home, bool isAllowed)
    {
        var mark = Path.Combine(home.Directory, Mark);
        var isNew = !Directory.Exists(home.Directory)
            || !Directory.EnumerateFileSystemEntries(home.Directory).Any();
        if (!isNew && !File.Exists(mark) && !isAllowed)
            throw CliFailure.CannotRun(
                "not_for_load",
                "This data directory was not made for load tests: name a new one with --home, or add --yes.");
        if (!isNew) return;
        Directory.CreateDirectory(
            home.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(mark, "Made by anarchive bench: nothing in here is anybody's.\n");
    }

    private static LoadPlan Plan(Invocation invocation)
    {
        var plan = new LoadPlan(
            invocation.Value(Hives), invocation.Value(Peers), invocation.Value(Writers), invocation.Value(Readers),
            invocation.Value(Rate), invocation.Value(Reads), TimeSpan.FromSeconds(invocation.Value(Seconds)));
        var isSane = plan is { Hives: > 0 and <= 1_000, Peers: >= 0 and <= 16, Writers: > 0 and <= 1_000 }
            and { Readers: > 0 and <= 1_000, WritesPerSecond: >= 0, ReadsPerSecond: >= 0 }
            && plan.Time >= TimeSpan.FromSeconds(1);
        return isSane ? plan : throw CliFailure.CannotRun(
            "usage", "Give 1 to 1000 hives, writers and readers, 0 to 16 peers, and one second or more.");
    }

    private static Answer Tell(JsonObject document)
    {
        var well = document["inStep"]!.GetValue<bool>() && document.Number("notArrived") == 0
            && document["failures"] is JsonObject { Count: 0 };
        string[] names = ["writes", "reads", "arrivals"];
        var rows = names.Select(name => (name, (JsonObject)document[name]!)).Select(row => new[]
        {
            row.name, row.Item2.Count("samples"), Ms(row.Item2, "p50Ms"), Ms(row.Item2, "p99Ms"),
            Ms(row.Item2, "maxMs"),
        });
        var verdict = well
            ? "Everything was written, and all nodes are in step."
            : $"Not in step, or refused: {document["failures"]!.ToJsonString()}";
        var table = Terminal.Table(["What", "Count", "p50 ms", "p99 ms", "Longest ms"], rows);
        return new Answer(well ? ExitCodes.Done : ExitCodes.Bad, document, [verdict], table);
    }

    private static string Ms(JsonObject samples, string name) =>
        samples[name]!.GetValue<double>().ToString("F1", CultureInfo.InvariantCulture);

    private static Option<int> Number(string name, string description, int usually) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usually,
    };
}
