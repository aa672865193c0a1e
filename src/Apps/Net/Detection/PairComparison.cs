using System.Numerics;

namespace Anarchive.Net;

/// <summary>The same sound in two windows.</summary>
/// <param name="First">Where the first window has it.</param>
/// <param name="Shift">To be added for the place in the second window.</param>
/// <param name="Hits">Points that are alike.</param>
public readonly record struct CommonRange(PointRange First, int Shift, int Hits)
{
    public PointRange Second => First with { Start = First.Start + Shift };

    /// <summary>Share of points that are alike, per mille.</summary>
    public int Density => (int)(1_000L * Hits / Math.Max(1, First.Count));
}

/// <summary>Finds what two episodes have in common.</summary>
/// <remarks>
/// For each of the likeliest shifts, points that are alike make runs; runs of one shift are joined over what a voice or
/// a jingle covers. Only a range long and dense enough is kept.
/// </remarks>
public static class PairComparison
{
    /// <summary>Whether two points mean the same sound.</summary>
    public static bool Alike(uint a, uint b) => BitOperations.PopCount(a ^ b) <= DetectionLimits.BitsApartMax;

    /// <summary>Ranges in common, the one with most hits first.</summary>
    public static IReadOnlyList<CommonRange> Compare(SoundWindow first, SoundWindow second, MarkerType type)
    {
        var ranges = new List<CommonRange>();
        foreach (var shift in ShiftVotes.Best(first, second))
            foreach (var joined in Bridge(Runs(first.Points, second.Points, shift)))
                if (IsKept(joined, type)) ranges.Add(joined);
        ranges.Sort(Order);
        return ranges;
    }

    private static bool IsKept(CommonRange range, MarkerType type) =>
        range.First.Count >= DetectionLimits.RangeMin
        && range.First.Count <= DetectionLimits.LongestOf(type)
        && range.Density >= DetectionLimits.RangeDensityMin;

    private static List<CommonRange> Runs(ReadOnlySpan<uint> first, ReadOnlySpan<uint> second, int shift)
    {
        var runs = new List<CommonRange>();
        int start = 0, last = 0, hits = 0;
        var end = Math.Min(first.Length, second.Length - shift);
        for (var at = Math.Max(0, -shift); at < end; at++)
        {
            if (!Alike(first[at], second[at + shift])) continue;
            if (hits > 0 && at - last - 1 > DetectionLimits.GapMax) Close();
            if (hits == 0) start = at;
            last = at;
            hits++;
        }

        Close();
        return runs;

        void Close()
        {
            if (hits >= DetectionLimits.RunHitsMin)
                runs.Add(new CommonRange(new PointRange(start, last - start + 1), shift, hits));
            hits = 0;
        }
    }

    /// <summary>Joins neighbours, from the left, as long as the whole stays alike enough.</summary>
    private static List<CommonRange> Bridge(List<CommonRange> runs)
    {
        var joined = new List<CommonRange>();
        foreach (var run in runs)
        {
            if (joined.Count > 0 && Joined(joined[^1], run) is { } whole) joined[^1] = whole;
            else joined.Add(run);
        }

        return joined;
    }

    private static CommonRange? Joined(CommonRange left, CommonRange right)
    {
        if (right.First.Start - left.First.End > DetectionLimits.HoleMax) return null;
        var range = left.First with { Count = right.First.End - left.First.Start };
        var whole = new CommonRange(range, left.Shift, left.Hits + right.Hits);
        return whole.Density >= DetectionLimits.BridgedDensityMin ? whole : null;
    }

    private static int Order(CommonRange a, CommonRange b)
    {
        var by = b.Hits.CompareTo(a.Hits);
        if (by == 0) by = a.First.Start.CompareTo(b.First.Start);
        return by != 0 ? by : a.Shift.CompareTo(b.Shift);
    }
}
