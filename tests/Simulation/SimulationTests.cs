using System.Globalization;
using Xunit;

namespace Anarchive.Tests.Simulation;

/// <summary>Runs the core in worlds full of faults. One seed decides everything: a failure comes again.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int TraceLinesMax = 400;
    private const int BrokenSeedsShown = 20;

    private static readonly ulong Follows = ReadNumber("ANARCHIVE_SEED", 1);
    private static readonly int Seeds = (int)ReadNumber("ANARCHIVE_SEEDS", 2_000);

    [Fact]
    public void Every_seed_keeps_every_promise()
    {
        var started = TimeProvider.System.GetTimestamp();
        var runs = new SimulatedRun[Seeds];
        // Half of the seeds never change; the others follow the commit. One given seed runs alone.
        Parallel.For(0, Seeds, i => runs[i] = SimulatedRun.Of(SeedAt(i)));
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Seeds} seeds in {elapsed.TotalSeconds:0.0} s, {Seeds / elapsed.TotalMinutes:0} a minute"));
        var (slowest, last) = runs.Index().MaxBy(r => r.Item.HealedMs);
        output.WriteLine($"agreement after at most {last.HealedMs} ms, seed {SeedAt(slowest)}");
        var broken = Enumerable.Range(0, Seeds).Where(i => runs[i].Violations.Count > 0).ToList();
        foreach (var i in broken.Take(BrokenSeedsShown)) output.WriteLine($"seed {SeedAt(i)}: {runs[i].Violations[0]}");
        if (broken.Count > 0) Fail(SeedAt(broken[0]), broken.Count);
    }

    [Theory]
    [InlineData(SeededBug.PushBeforeFsync)]
    [InlineData(SeededBug.AckBeforeFsync)]
    [InlineData(SeededBug.VectorBeforeFsync)]
    [InlineData(SeededBug.NoTieBreak)]
    [InlineData(SeededBug.RestoreKeepsIncarnation)]
    [InlineData(SeededBug.ParkedLostOnRestart)]
    [InlineData(SeededBug.BatchOffByOne)]
    [InlineData(SeededBug.FsyncRetried)]
    [InlineData(SeededBug.DigestInDictionaryOrder)]
    [InlineData(SeededBug.NoOwnerPreference)]
    public void A_seeded_bug_is_noticed(SeededBug bug)
    {
        const int most = 2_000;
        var first = SimulatedRun.FirstToNotice(bug, most);
        Assert.True(first is not null, $"{bug} went through {most} seeds unseen.");
        output.WriteLine($"{bug}: seen by seed {first.Value.Seed}: {first.Value.Violation}");
    }

    [Fact]
    public void A_seed_runs_twice_alike()
    {
        for (var seed = 0UL; seed < 5; seed++)
            Assert.Equal(SimulatedRun.Traced(seed).Trace, SimulatedRun.Traced(seed).Trace);
    }

    private void Fail(ulong seed, int broken)
    {
        var run = SimulatedRun.Traced(seed);
        foreach (var line in run.Trace.TakeLast(TraceLinesMax)) output.WriteLine(line);
        Assert.Fail(
            $"{broken} of {Seeds} seeds break a promise. Repeat the first: ./test simulation --seeds 1 --seed {seed}\n"
            + string.Join('\n', run.Violations));
    }

    private static ulong SeedAt(int i)
    {
        if (Seeds == 1) return Follows;
        return i < Seeds / 2 ? (ulong)i : unchecked(Follows + (ulong)i);
    }

    private static ulong ReadNumber(string name, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
