using Anarchive.Fleet;

namespace Anarchive.Tests.Simulation;

/// <summary>Rules of one device alone, over every small case.</summary>
internal static class DeletionModels
{
    /// <summary>Three ticks of releases that ask first, and of losses that nobody asked for.</summary>
    public static Explored Breaker()
    {
        int[] amounts = [0, 1, 2, 30, 50, 51];
        var states = 0;
        foreach (var holdings in new[] { 1, 3, 40, 400, 4_000 })
            foreach (var plan in Sequences(amounts, 3))
            {
                states++;
                if (TooMany(holdings, plan) is { } wrong) return new Explored(states, false, wrong, []);
            }

        return new Explored(states, true, null, []);
    }

    /// <summary>Every pair of references to every file of a tiny disk.</summary>
    public static Explored References()
    {
        var states = 0;
        var all = (
            from kind in Enum.GetValues<ReferenceKind>()
            from owner in new[] { "us", "other" }
            from inode in new ulong[] { 1, 2 }
            from path in new[] { "a", "b" }
            select new FileReference(kind, owner, inode, path)).ToList();
        foreach (var first in all)
            foreach (var second in all)
            {
                states++;
                var needed = first is { Owner: "other" } and ({ Inode: 1 } or { Path: "a" })
                    || second is { Owner: "other" } and ({ Inode: 1 } or { Path: "a" });
                if (needed && ReferenceCounts.MayDelete([first, second], "us", 1, "a"))
                    return new Explored(states, false, "bytes went that something refers to", [$"{first} {second}"]);
            }

        return new Explored(states, true, null, []);
    }

    private static string? TooMany(int holdings, IReadOnlyList<int> plan)
    {
        var breaker = Fleet.Breaker.Closed;
        for (var tick = 0; tick < plan.Count; tick++)
        {
            var gone = 0;
            for (var item = 0; item < plan[tick]; item++)
            {
                if (!breaker.Allows(new Epoch(tick), 1, holdings)) break;
                breaker = breaker.Count(new Epoch(tick), 1, holdings);
                gone++;
            }

            if (gone > 50 || gone > Math.Max(1, holdings / 10)) return $"{gone} of {holdings} went in one tick";
        }

        return null;
    }

    private static IEnumerable<IReadOnlyList<int>> Sequences(IReadOnlyList<int> of, int length) => length == 0
        ? [[]]
        : Sequences(of, length - 1).SelectMany(_ => of, (head, last) => (IReadOnlyList<int>)[.. head, last]);
}
