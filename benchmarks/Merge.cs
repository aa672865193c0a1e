using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Net;

namespace Anarchive.Benchmarks;

/// <summary>
/// A real dump merged from nothing on one thread, each provider a fleet: registers, clusters, scores and bounds of
/// every marker. Baseline: the same votes put into one dictionary and read again.
/// </summary>
internal static class Merge
{
    private const string Folder = "shared/data/aniskip";

    public static Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var path = Newest() ?? throw new InvalidOperationException(
            $"No dump lies in {Folder} beside this checkout: there is nothing to merge.");
        settings.Log($"reading {Path.GetFileName(path)}");
        var dump = new AniSkipDump();
        var rows = new List<(AniSkipRow Row, VoteOrder Order)>();
        foreach (var line in File.ReadLines(path).Skip(1))
            if (dump.Take(line, out _) is { } row)
                rows.Add((row, new VoteOrder(0, (ulong)row.Submitted, line)));
        var (merges, bare) = (new List<double>(), new List<double>());
        var levels = new Dictionary<MergeLevel, int>();
        for (var run = 0; run <= settings.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            levels.Clear();
            var whole = Time(() => MergeAll(rows, levels));
            var least = Time(() => Remember(rows));
            // The first run warms up.
            if (run == 0) continue;
            merges.Add(rows.Count / whole.TotalSeconds);
            bare.Add(rows.Count / least.TotalSeconds);
        }

        var gates = new JsonObject();
        foreach (var gate in Enum.GetValues<AniSkipGate>()) gates[Name(gate)] = dump.CountAt(gate);
        var found = new JsonObject();
        foreach (var level in Enum.GetValues<MergeLevel>()) found[Name(level)] = levels.GetValueOrDefault(level);
        var document = new JsonObject
        {
            ["name"] = "merge",
            ["dump"] = Path.GetFileName(path),
            ["observations"] = rows.Count,
            ["markers"] = levels.Values.Sum(),
            ["gates"] = gates,
            ["levels"] = found,
            ["observationsPerSecond"] = Math.Round(merges.Median()),
            ["baselinePerSecond"] = Math.Round(bare.Median()),
            ["ratio"] = Math.Round(merges.Median() / bare.Median(), 2),
        };
        return Task.FromResult(new Report(
            document,
            $"{merges.Median():F0} observations/s on one thread; kept and read alone: {bare.Median():F0}"));
    }

    private static void MergeAll(List<(AniSkipRow Row, VoteOrder Order)> rows, Dictionary<MergeLevel, int> levels)
    {
        var registers = new MarkerRegisters();
        foreach (var (row, order) in rows) registers.Offer(row.Provider, VoterRing.Friend, row.Marker, order);
        var question = new MergeQuestion();
        foreach (var slot in registers.Slots)
        {
            var level = registers.Merge(slot, question).Level;
            levels[level] = levels.GetValueOrDefault(level) + 1;
        }
    }

    private static void Remember(List<(AniSkipRow Row, VoteOrder Order)> rows)
    {
        var kept = new Dictionary<(MarkerSlot, string), MarkerVote>();
        foreach (var (row, _) in rows)
            kept[(new MarkerSlot(row.Marker.Key[0], row.Marker.Type, 0), row.Provider)] =
                MarkerVote.Of(row.Provider, VoterRing.Friend, row.Marker);
        if (kept.Values.Sum(v => v.StartMs) < 0) throw new InvalidOperationException("Times begin at 0.");
    }

    /// <summary>Beside this checkout, as tests find it.</summary>
    private static string? Newest()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Path.Combine(at.FullName, Folder) is var folder && Directory.Exists(folder))
                return Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal).LastOrDefault();
        return null;
    }

    private static string Name<T>(T value)
        where T : struct, Enum =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static TimeSpan Time(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed;
    }
}
