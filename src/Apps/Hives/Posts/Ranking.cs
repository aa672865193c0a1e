namespace Anarchive.Hives;

/// <summary>How feeds and threads rank items. Computed when read; never part of a digest.</summary>
public static class Ranking
{
    // One factor of ten in votes weighs as much as this many seconds, as in Reddit's published "hot" formula.
    private const double SecondsPerDecade = 45_000;

    public static long Score(long up, long down) => up - down;

    /// <summary>The logarithm of the score plus age: larger is hotter, whenever it is read.</summary>
    public static double Hot(long up, long down, long createdUnixMs)
    {
        var score = Score(up, down);
        var weight = Math.Log10(Math.Max(1, Math.Abs((double)score)));
        return Math.Sign(score) * weight + createdUnixMs / 1000.0 / SecondsPerDecade;
    }

    /// <summary>Best first among siblings: by score, then the older, then by position.</summary>
    public static int BestFirst(ItemRow left, ItemRow right)
    {
        var byScore = Score(right.Up, right.Down).CompareTo(Score(left.Up, left.Down));
        if (byScore != 0) return byScore;
        var byAge = left.Hlc.CompareTo(right.Hlc);
        return byAge != 0 ? byAge : left.Key.CompareTo(right.Key);
    }
}
