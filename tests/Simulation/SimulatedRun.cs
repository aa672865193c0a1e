using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>What came of one run.</summary>
internal sealed record SimulatedRun(IReadOnlyList<string> Violations, long HealedMs, IReadOnlyList<string> Trace)
{
    public static SimulatedRun Of(ulong seed, SeededBug bug) => Run(seed, bug, null);

    public static SimulatedRun Traced(ulong seed) => Run(seed, SeededBug.None, []);

    private static SimulatedRun Run(ulong seed, SeededBug bug, List<string>? trace)
    {
        var world = new SimulatedWorld(seed, bug, trace is null ? null : trace.Add);
        // The core's own switches are the process's: runs with a bug never stand side by side.
        if (bug != SeededBug.None) Switch(bug);
        try
        {
            world.Run();
        }
        catch (InvalidOperationException broken)
        {
            // The core found its own invariants broken: in a real node the process ends here.
            world.Oracle.Violations.Insert(0, $"!: {broken.Message}{broken.StackTrace}");
        }

        finally
        {
            if (bug != SeededBug.None) Switch(SeededBug.None);
        }

        return new SimulatedRun(world.Oracle.Violations, world.HealedMs, trace ?? []);
    }

    private static void Switch(SeededBug bug)
    {
        SeededBugs.NoTieBreak = bug == SeededBug.NoTieBreak;
        SeededBugs.NoOwnerPreference = bug == SeededBug.NoOwnerPreference;
    }
}
