namespace Anarchive.Fleet;

/// <summary>Uptime in five steps, so that a plan does not change with every probe (design: the plan, 5).</summary>
public static class UptimeBucket
{
    /// <summary>An average must be this far past an edge before the bucket follows.</summary>
    public const int OvershootPermille = 20;

    private const int Whole = 1000;

    private static readonly int[] EdgesPermille = [500, 800, 950, 990];

    /// <summary>The highest; the lowest, 0, is below 500 ‰.</summary>
    public static int Highest => EdgesPermille.Length;

    /// <summary>0 to 4, by the edges 500, 800, 950 and 990 ‰.</summary>
    public static int Of(int uptimePermille)
    {
        var bucket = 0;
        while (bucket < EdgesPermille.Length && uptimePermille >= EdgesPermille[bucket]) bucket++;
        return bucket;
    }

    /// <summary>Where a bucket begins, in per mille; 0 for the lowest.</summary>
    public static int FloorOf(int bucket) => bucket == 0 ? 0 : EdgesPermille[bucket - 1];

    /// <summary>The bucket after an average has moved: the one before, unless an edge lies clearly behind.</summary>
    public static int Next(int before, int uptimePermille)
    {
        var bucket = before;
        while (bucket < EdgesPermille.Length && uptimePermille >= RiseAt(EdgesPermille[bucket])) bucket++;
        while (bucket > 0 && uptimePermille < EdgesPermille[bucket - 1] - OvershootPermille) bucket--;
        return bucket;
    }

    /// <summary>The average nearest to the given one that lies in the bucket: what is said of a device.</summary>
    public static int Within(int bucket, int uptimePermille)
    {
        var last = bucket == EdgesPermille.Length ? Whole : EdgesPermille[bucket] - 1;
        return Math.Clamp(uptimePermille, FloorOf(bucket), last);
    }

    /// <summary>Near the top there is no room for all of the overshoot; half of what is left is asked for.</summary>
    private static int RiseAt(int edge) => edge + Math.Min(OvershootPermille, (Whole - edge) / 2);
}
