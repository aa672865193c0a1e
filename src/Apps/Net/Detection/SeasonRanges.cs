namespace Anarchive.Net;

/// <summary>What an episode has in common with one other.</summary>
/// <param name="Other">The number of the other's episode, as <see cref="SameEpisode.Groups"/> counts.</param>
public readonly record struct Candidate(PointRange Range, int Hits, int Other);

/// <summary>A range that several other episodes have, too.</summary>
/// <param name="Support">Other episodes that have it.</param>
/// <param name="Density">Median share of points alike, per mille.</param>
public readonly record struct SupportedRange(PointRange Range, int Support, int Density);

/// <summary>Picks, of what one episode has in common with each other one, what most of them support.</summary>
public static class SeasonRanges
{
    /// <summary>Null where too few others agree.</summary>
    /// <param name="supportMin">Other episodes that must have it.</param>
    public static SupportedRange? Best(IReadOnlyList<Candidate> candidates, int supportMin)
    {
        SupportedRange? best = null;
        foreach (var pivot in candidates)
        {
            var cluster = Around(pivot, candidates);
            if (cluster.Count < supportMin) continue;
            var range = Bounds(cluster);
            if (best is { } b && !IsBetter(cluster.Count, range, b)) continue;
            var densities = cluster.Select(c => (int)(1_000L * c.Hits / Math.Max(1, c.Range.Count)));
            best = new SupportedRange(range, cluster.Count, Median(densities));
        }

        return best;
    }

    /// <summary>The middle one; of two middles the lower.</summary>
    internal static int Median(IEnumerable<int> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[(sorted.Length - 1) / 2];
    }

    /// <summary>Of each other episode the range nearest to the pivot's, if it is near enough.</summary>
    private static List<Candidate> Around(Candidate pivot, IReadOnlyList<Candidate> candidates)
    {
        var nearest = new SortedDictionary<int, (Candidate Candidate, int Overlap)>();
        foreach (var candidate in candidates)
        {
            var overlap = pivot.Range.OverlapWith(candidate.Range);
            if (overlap < DetectionLimits.OverlapMin) continue;
            if (nearest.TryGetValue(candidate.Other, out var near) && near.Overlap >= overlap) continue;
            nearest[candidate.Other] = (candidate, overlap);
        }

        return nearest.Values.Select(n => n.Candidate).ToList();
    }

    private static PointRange Bounds(List<Candidate> cluster)
    {
        var start = Median(cluster.Select(c => c.Range.Start));
        return new PointRange(start, Median(cluster.Select(c => c.Range.End)) - start);
    }

    private static bool IsBetter(int support, PointRange range, SupportedRange than)
    {
        var by = support.CompareTo(than.Support);
        if (by == 0) by = range.Count.CompareTo(than.Range.Count);
        if (by == 0) by = than.Range.Start.CompareTo(range.Start);
        return by > 0;
    }
}
