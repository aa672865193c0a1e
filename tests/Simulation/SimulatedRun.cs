using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>What came of one run.</summary>
internal sealed record SimulatedRun(IReadOnlyList<string> Violations, long HealedMs, IReadOnlyList<string> Trace)
{
    public static SimulatedRun Of(ulong seed) => Run(seed, SeededBug.None, null);

    public static SimulatedRun Traced(ulong seed) => Run(seed, SeededBug.None, []);

    /// <summary>The first seed of 0, 1, 2 … below <paramref name="most"/> whose run notices the bug, if any.</summary>
    public static (ulong Seed, string Violation)? FirstToNotice(SeededBug bug, int most)
    {
        // The core's own switches are the process's: no other runs may stand beside these.
        Switch(bug);
        try
        {
            var noticed = new ConcurrentDictionary<int, string>();
            // One by one: in ranges, most of what runs would lie far behind the first that matters.
            var seeds = Partitioner.Create(Enumerable.Range(0, most), EnumerablePartitionerOptions.NoBuffering);
            var found = Parallel.ForEach(seeds, (i, loop, _) =>
            {
                if (Run((ulong)i, bug, null).Violations is not [var first, ..]) return;
                noticed[i] = first;
                loop.Break();
            });
            return found.LowestBreakIteration is { } lowest ? ((ulong)lowest, noticed[(int)lowest]) : null;
        }
        finally
        {
            Switch(SeededBug.None);
        }
    }

    private static SimulatedRun Run(ulong seed, SeededBug bug, List<string>? trace)
    {
        var world = new SimulatedWorld(seed, bug, trace is null ? null : trace.Add);
        try
        {
            world.Run();
        }
        catch (InvalidOperationException broken)
        {
            // The core found its own invariants broken: in a real node the process ends here.
            world.Oracle.Violations.Insert(0, $"!: {broken.Message}{broken.StackTrace}");
        }

        return new SimulatedRun(world.Oracle.Violations, world.HealedMs, trace ?? []);
    }

    private static void Switch(SeededBug bug)
    {
        SeededBugs.NoTieBreak = bug == SeededBug.NoTieBreak;
        SeededBugs.NoOwnerPreference = bug == SeededBug.NoOwnerPreference;
    }
}
