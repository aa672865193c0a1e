using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Fleet;

namespace Anarchive.Benchmarks;

/// <summary>
/// A fleet's plan made from nothing, every item a copy short, on all cores; then kept up to date as one device after
/// the other dies and comes back. Baseline: every pair of item and device mixed into a number, and nothing else.
/// </summary>
internal static class Plan
{
    private const int ItemsUsually = 1_000_000;
    private const int DevicesUsually = 1_000;
    private const int Seed = 6;
    private const int Changes = 5;

    public static Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var policies = new PolicyTable([Policy.Default with { Floor = 2, ZonesMin = 2 }]);
        var world = new PlanWorld(settings.Devices ?? DevicesUsually, settings.Items ?? ItemsUsually, Seed);
        var (tables, plans, bare) = (new List<double>(), new List<double>(), new List<double>());
        var processor = new List<double>();
        PlanningTable table = null!;
        FleetPlan plan = null!;
        for (var run = 0; run < settings.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            settings.Log($"plan: run {run + 1} of {settings.Runs}");
            tables.Add(Time(() => table = world.Table(policies, null)));
            var before = Processor();
            plans.Add(Time(() => plan = Whole(table, policies).Finish()));
            processor.Add(Processor() - before);
            bare.Add(Time(() => Mix(table.ItemCount, table.Devices.Count)));
        }

        var peak = Process.GetCurrentProcess().PeakWorkingSet64;
        var (removed, doubled) = (Removed(world, table, plan, policies), Doubled(table, plan, policies));
        settings.Log("plan: one device after the other changes");
        var steady = Whole(world.Table(policies, plan), policies);
        var rest = steady.Finish();
        var (updates, worked) = Updates(new IncrementalPlan(steady, policies), policies);
        var document = new JsonObject
        {
            ["name"] = "plan",
            ["items"] = table.ItemCount,
            ["devices"] = table.Devices.Count,
            ["cores"] = Environment.ProcessorCount,
            ["copies"] = plan.Copies.Count,
            ["infeasible"] = plan.Infeasible.Count,
            ["surplusBytes"] = plan.SurplusBytes,
            ["planSeconds"] = Math.Round(plans.Median(), 3),
            ["planProcessorSeconds"] = Math.Round(processor.Median(), 3),
            ["baselineSeconds"] = Math.Round(bare.Median(), 3),
            ["ratio"] = Math.Round(plans.Median() / bare.Median(), 2),
            ["tableSeconds"] = Math.Round(tables.Median(), 3),
            ["peakBytes"] = peak,
            ["copiesOnceMade"] = rest.Copies.Count,
            ["updateMs"] = Math.Round(updates.Median(), 1),
            ["updateProcessorMs"] = Math.Round(worked.Median(), 1),
            ["updateMsLongest"] = Math.Round(updates.Max(), 1),
            ["movementOfRemoval"] = removed,
            ["movementOfDoubling"] = doubled,
            ["worstShareOfLoad"] = WorstShare(table, plan),
            ["planId"] = plan.Id.ToString(),
        };
        return Task.FromResult(new Report(
            document,
            $"{plans.Median():F2} s for {table.ItemCount} items on {table.Devices.Count} devices, the bare mixing "
            + $"{bare.Median():F2} s; table {tables.Median():F2} s; one device's change {updates.Median():F0} ms; "
            + $"movement {removed} and {doubled} of the ideal; at most {peak / 1_000_000} MB"));
    }

    /// <summary>The steps of a plan, ranges of rows on all cores.</summary>
    private static PlanRun Whole(PlanningTable table, PolicyTable policies)
    {
        var run = new PlanRun(table, policies);
        InRanges(run.RowCount, run.Classify);
        run.Order();
        InRanges(run.DeficitCount, run.Rank);
        return run;
    }

    private static void InRanges(int count, Action<int, int> work)
    {
        const int RangesPerCore = 16;
        var ranges = Environment.ProcessorCount * RangesPerCore;
        Parallel.For(0, ranges, i =>
            work((int)((long)count * i / ranges), (int)((long)count * (i + 1) / ranges)));
    }

    /// <summary>What moves when a device dies, of items it did not hold, beside what was planned for it.</summary>
    private static double Removed(PlanWorld world, PlanningTable table, FleetPlan before, PolicyTable policies)
    {
        var device = table.Devices.First(d => d.Weight > 0);
        var run = Whole(table.With(new TableChange(device with { State = DeviceState.Dead }, [])), policies);
        var (moved, ideal) = (0L, before.Copies.Where(c => c.Target == device.Id).Sum(c => c.SizeBytes));
        var was = before.Copies.Select(c => (c.Item, c.Target)).ToHashSet();
        foreach (var copy in run.Finish().Copies)
            if (!was.Contains((copy.Item, copy.Target)) && world.HolderOf(copy.Item) != device.Id)
                moved += copy.SizeBytes;
        return Math.Round((double)moved / ideal, 4);
    }

    /// <summary>What moves when a device counts twice, beside what comes to it.</summary>
    private static double Doubled(PlanningTable table, FleetPlan before, PolicyTable policies)
    {
        var device = table.Devices.First(d => d.Weight > 0);
        var run = Whole(table.With(new TableChange(device with { Tier = 2 * device.Tier }, [])), policies);
        var was = before.Copies.Select(c => (c.Item, c.Target)).ToHashSet();
        var come = run.Finish().Copies.Where(c => !was.Contains((c.Item, c.Target))).ToList();
        return Math.Round(
            (double)come.Sum(c => c.SizeBytes) / come.Where(c => c.Target == device.Id).Sum(c => c.SizeBytes), 4);
    }

    /// <summary>Milliseconds of each update; each is checked against a plan made anew.</summary>
    private static (List<double> Elapsed, List<double> Processor) Updates(IncrementalPlan kept, PolicyTable policies)
    {
        var (took, worked) = (new List<double>(), new List<double>());
        FleetPlan plan = null!;
        foreach (var device in kept.Table.Devices.Where(d => d.Weight > 0).Take(Changes).ToList())
        {
            Measure(new TableChange(device with { State = DeviceState.Dead }, []));
            if (plan.DigestOfActions() != Whole(kept.Table, policies).Finish().DigestOfActions())
                throw new InvalidOperationException("The plan that was kept is not the plan made anew.");
            Measure(new TableChange(device, []));
        }

        return (took, worked);

        void Measure(TableChange change)
        {
            var before = Processor();
            took.Add(Time(() => plan = kept.Update(change)) * 1_000);
            worked.Add((Processor() - before) * 1_000);
        }
    }

    /// <summary>Seconds that this process has worked; on a busy machine less than what passed.</summary>
    private static double Processor() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    /// <summary>The fullest device's bytes beside its share by weight.</summary>
    private static double WorstShare(PlanningTable table, FleetPlan plan)
    {
        var (bytes, weight) = ((double)plan.Copies.Sum(c => c.SizeBytes), (double)table.Devices.Sum(d => d.Weight));
        var weights = table.Devices.ToDictionary(d => d.Id, d => d.Weight);
        return Math.Round(plan.Copies.GroupBy(c => c.Target).Max(
            on => on.Sum(c => c.SizeBytes) / bytes / (weights[on.Key] / weight)), 2);
    }

    private static void Mix(int items, int devices)
    {
        var keys = Enumerable.Range(0, devices).Select(d => (ulong)d * 0x9E3779B97F4A7C15).ToArray();
        var sum = 0UL;
        InRanges(items, (from, end) =>
        {
            var own = 0UL;
            for (var i = from; i < end; i++)
                foreach (var key in keys)
                {
                    var z = (ulong)i ^ key;
                    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
                    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
                    own += z ^ (z >> 31);
                }

            Interlocked.Add(ref sum, own);
        });
        GC.KeepAlive(sum);
    }

    private static double Time(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }
}
