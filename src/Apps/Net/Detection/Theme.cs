namespace Anarchive.Net;

/// <summary>What an intro or outro sounds like.</summary>
/// <remarks>It outlives re-encoding; in another cut of the file only its place differs.</remarks>
public sealed class Theme
{
    /// <param name="points">In the order of time.</param>
    /// <exception cref="ArgumentException">Not an intro or outro, or no points.</exception>
    public Theme(MarkerType type, ReadOnlySpan<uint> points)
    {
        if (type is not (MarkerType.Intro or MarkerType.Outro))
            throw new ArgumentException("Only intros and outros have themes.", nameof(type));
        if (points.IsEmpty) throw new ArgumentException("A theme has sound.", nameof(points));
        Type = type;
        Sound = new SoundWindow(points, 0);
    }

    public MarkerType Type { get; }

    public ReadOnlySpan<uint> Points => Sound.Points;

    public long LengthMs => SoundWindow.MsOf(Points.Length);

    internal SoundWindow Sound { get; }

    /// <summary>Where a window has this theme; null where it has not.</summary>
    /// <remarks>
    /// What of the theme lies outside the window counts as unlike. Of several places the one with most hits is taken,
    /// then the one in which fewest bits differ.
    /// </remarks>
    public CommonRange? LocateIn(SoundWindow window)
    {
        CommonRange? best = null;
        var fewest = long.MaxValue;
        foreach (var shift in ShiftVotes.Best(Sound, window))
        {
            var (hits, apart) = At(window.Points, shift);
            if (1_000L * hits < (long)DetectionLimits.ThemeDensityMin * Points.Length) continue;
            if (best is { } b && (hits < b.Hits || (hits == b.Hits && apart >= fewest))) continue;
            best = new CommonRange(new PointRange(0, Points.Length), shift, hits);
            fewest = apart;
        }

        return best;
    }

    private (int Hits, long Apart) At(ReadOnlySpan<uint> window, int shift)
    {
        var points = Points;
        var hits = 0;
        long apart = 0;
        var end = Math.Min(points.Length, window.Length - shift);
        for (var at = Math.Max(0, -shift); at < end; at++)
        {
            var bits = System.Numerics.BitOperations.PopCount(points[at] ^ window[at + shift]);
            if (bits <= DetectionLimits.BitsApartMax) hits++;
            apart += bits;
        }

        return (hits, apart);
    }
}
