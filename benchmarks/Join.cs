using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;

namespace Anarchive.Benchmarks;

/// <summary>
/// A new member's cold start, by log and by edition, until everything is durable and folded. Baseline of each: the very
/// rows the member ended up with, inserted into an empty SQLite file right afterwards.
/// </summary>
internal static class Join
{
    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        var source = scratch.Path("source");
        var events = settings.Events ?? Settings.EventsUsually;
        await Mix.WriteAsync(source, events, settings.Log, cancellation);
        settings.Log($"join: {events} events prepared");
        var byLog = new List<Way>();
        for (var run = 0; run < settings.Runs; run++)
            byLog.Add(await StartAsync("log", source, scratch.Path("by-log"), settings, cancellation));
        var (seconds, bytes, state) = await CompactAsync(scratch, settings, cancellation);
        var byEdition = new List<Way>();
        for (var run = 0; run < settings.Runs; run++)
            byEdition.Add(await StartAsync("edition", source, scratch.Path("by-edition"), settings, cancellation));
        if (byLog.Concat(byEdition).Select(w => w.State).Append(state).Distinct().Count() != 1)
            throw new InvalidOperationException("The nodes hold the same events and differ.");
        var document = new JsonObject
        {
            ["name"] = "join",
            ["events"] = events,
            ["runs"] = settings.Runs,
            ["byLog"] = Told(byLog),
            ["byEdition"] = Told(byEdition),
            ["compactSeconds"] = Math.Round(seconds, 1),
            ["editionMegabytes"] = bytes / 1_000_000,
            ["stateDigest"] = state,
        };
        return new Report(
            document,
            $"{Sentence(byLog)} by log, {Sentence(byEdition)} by an edition of {bytes / 1_000_000} MB; equal digests");
    }

    private static string Sentence(List<Way> runs) =>
        $"{runs.Select(w => w.Seconds).Median():F1} s (rows alone {runs.Select(w => w.Baseline).Median():F1} s)";

    private static JsonObject Told(List<Way> runs) => new()
    {
        ["seconds"] = Math.Round(runs.Select(w => w.Seconds).Median(), 1),
        ["baselineSeconds"] = Math.Round(runs.Select(w => w.Baseline).Median(), 1),
        ["processorSeconds"] = Math.Round(runs.Select(w => w.Processor).Median(), 1),
        ["sourcePeakMegabytes"] = runs.Max(w => w.SourcePeak) / 1024,
        ["targetPeakMegabytes"] = runs.Max(w => w.TargetPeak) / 1024,
    };

    private static async Task<Way> StartAsync(
        string name, string source, string target, Settings settings, CancellationToken cancellation)
    {
        var events = settings.Events ?? Settings.EventsUsually;
        var clock = new Stopwatch();
        Way way;
        await using (var pair = await Pair.StartAsync(source, target, settings, cancellation))
        {
            await pair.JoinAsync(Mix.WarmUp, cancellation);
            await pair.HoldsAsync(Mix.WarmUp, Mix.WarmUpEvents, cancellation);
            await pair.RestAsync(cancellation);
            var before = pair.Source.ProcessorTime() + pair.Target.ProcessorTime();
            clock.Start();
            await pair.JoinAsync(Mix.Hive, cancellation);
            await pair.HoldsAsync(Mix.Hive, events, cancellation);
            clock.Stop();
            way = new Way(
                clock.Elapsed.TotalSeconds,
                0,
                (pair.Source.ProcessorTime() + pair.Target.ProcessorTime() - before).TotalSeconds,
                pair.Source.PeakKilobytes() ?? 0,
                pair.Target.PeakKilobytes() ?? 0,
                await Pair.StateDigestAsync(pair.Target, Mix.Hive, cancellation));
        }

        var baseline = RowReplay.Run(target, target + ".baseline.db", events + Mix.WarmUpEvents);
        settings.Log($"join: by {name} in {way.Seconds:F1} s, baseline {baseline.TotalSeconds:F1} s");
        Directory.Delete(target, recursive: true);
        return way with { Baseline = baseline.TotalSeconds };
    }

    private static async Task<(double Seconds, long Bytes, string State)> CompactAsync(
        Scratch scratch, Settings settings, CancellationToken cancellation)
    {
        await using var owner = await NodeProcess.StartAsync(
            new Home(scratch.Path("source")), "source", settings.Log, cancellation);
        var clock = Stopwatch.StartNew();
        long bytes = 0;
        foreach (var hive in new[] { Mix.WarmUp, Mix.Hive })
        {
            // The members of the runs before are gone for good.
            var asked = new JsonObject { ["hive"] = hive, ["force"] = true };
            clock.Restart();
            var done = (JsonObject)await owner.Api.PostAsync("/api/v1/sync/compact", asked, cancellation);
            bytes = done.Number("edition_bytes");
        }

        settings.Log($"join: compacted to {bytes} bytes in {clock.Elapsed.TotalSeconds:F1} s");
        return (clock.Elapsed.TotalSeconds, bytes, await Pair.StateDigestAsync(owner, Mix.Hive, cancellation));
    }

    private sealed record Way(
        double Seconds, double Baseline, double Processor, long SourcePeak, long TargetPeak, string State);
}
