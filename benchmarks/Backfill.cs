using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;

namespace Anarchive.Benchmarks;

/// <summary>
/// One node joins another and takes the whole hive over HTTP, durable and folded. Baseline: the very rows it ended up
/// with, inserted into an empty SQLite file with the same pragmas and batch size, without network or cryptography.
/// </summary>
internal static class Backfill
{
    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        var events = settings.Events ?? Settings.EventsUsually;
        var clock = Stopwatch.StartNew();
        await Mix.WriteAsync(scratch.Path("source"), events, settings.Log, cancellation);
        settings.Log($"backfill: {events} events prepared in {clock.Elapsed.TotalSeconds:F1} s");

        var runs = new List<(double PerSecond, double BaselinePerSecond)>();
        var cold = new List<double>();
        var (sourcePeak, targetPeak, cpu) = (0L, 0L, 0.0);
        for (var run = 0; run < settings.Runs; run++)
        {
            var target = scratch.Path($"target-{run}");
            double seconds;
            await using (var pair = await Pair.StartAsync(scratch.Path("source"), target, settings, cancellation))
            {
                clock.Restart();
                await pair.JoinAsync(Mix.WarmUp, cancellation);
                await pair.HoldsAsync(Mix.WarmUp, Mix.WarmUpEvents, cancellation);
                cold.Add(Mix.WarmUpEvents / clock.Elapsed.TotalSeconds);
                await pair.RestAsync(cancellation);
                var before = pair.Source.ProcessorTime() + pair.Target.ProcessorTime();
                clock.Restart();
                await pair.JoinAsync(Mix.Hive, cancellation);
                await pair.HoldsAsync(Mix.Hive, events, cancellation);
                seconds = clock.Elapsed.TotalSeconds;
                cpu = (pair.Source.ProcessorTime() + pair.Target.ProcessorTime() - before).TotalSeconds;
                sourcePeak = Math.Max(sourcePeak, pair.Source.PeakKilobytes() ?? 0);
                targetPeak = Math.Max(targetPeak, pair.Target.PeakKilobytes() ?? 0);
                if (run == 0) await CompareAsync(pair, cancellation);
            }

            var rows = events + Mix.WarmUpEvents;
            var baseline = RowReplay.Run(target, scratch.Path("baseline.db"), rows);
            runs.Add((events / seconds, rows / baseline.TotalSeconds));
            settings.Log($"backfill: run {run + 1}: {runs[^1].PerSecond:F0} events/s, baseline "
                + $"{runs[^1].BaselinePerSecond:F0}, {cpu:F1} s of processor time in {seconds:F1} s");
            Directory.Delete(target, recursive: true);
        }

        var perSecond = runs.Select(r => r.PerSecond).Median();
        var ratio = runs.Select(r => r.PerSecond / r.BaselinePerSecond).Median();
        var document = new JsonObject
        {
            ["name"] = "backfill",
            ["events"] = events,
            ["runs"] = settings.Runs,
            ["eventsPerSecond"] = Math.Round(perSecond),
            ["baselineEventsPerSecond"] = Math.Round(runs.Select(r => r.BaselinePerSecond).Median()),
            ["ratio"] = Math.Round(ratio, 2),
            ["freshProcessEventsPerSecond"] = Math.Round(cold.Median()),
            ["processorMicrosecondsPerEvent"] = Math.Round(cpu * 1e6 / events, 1),
            ["sourcePeakMegabytes"] = sourcePeak / 1024,
            ["targetPeakMegabytes"] = targetPeak / 1024,
        };
        return new Report(
            document,
            $"{perSecond:F0} events/s, {ratio:F2} of the baseline; memory at most {sourcePeak / 1024} MB at the source "
                + $"and {targetPeak / 1024} MB at the target");
    }

    private static async Task CompareAsync(Pair pair, CancellationToken cancellation)
    {
        var source = await Pair.StateDigestAsync(pair.Source, Mix.Hive, cancellation);
        var target = await Pair.StateDigestAsync(pair.Target, Mix.Hive, cancellation);
        if (source != target) throw new InvalidOperationException("The nodes hold the same events and differ.");
    }
}
