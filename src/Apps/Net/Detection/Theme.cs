namespace Anarchive.Net;

/// <summary>What an intro or outro sounds like.</summary>
/// <remarks>It outlives re-encoding; in another cut of the file only its place differs.</remarks>
public sealed class Theme
{
    /// <param name="points">In the order of time.</param>
    /// <exception cref="ArgumentException">Not an intro or outro, or no points.</exception>
    public Theme(MarkerType type, ReadOnlySpan<uint> points)
        : this(type, points, SoundWindow.MsOf(points.Length))
    {
    }

    /// <param name="points">Its beginning, or all of it, in the order of time.</param>
    /// <param name="lengthMs">Of all of it; no less than the points last.</param>
    /// <exception cref="ArgumentException">Not an intro or outro, or no points.</exception>
    public Theme(MarkerType type, ReadOnlySpan<uint> points, long lengthMs)
    {
        if (type is not (MarkerType.Intro or MarkerType.Outro))
            throw new ArgumentException("Only intros and outros have themes.", nameof(type));
        if (points.IsEmpty) throw new ArgumentException("A theme has sound.", nameof(points));
        Type = type;
        Sound = new SoundWindow(points, 0);
        LengthMs = Math.Max(lengthMs, SoundWindow.MsOf(points.Length));
    }

    public MarkerType Type { get; }

    public ReadOnlySpan<uint> Points => Sound.Points;

    /// <summary>Longer than its points last where only the beginning is known.</summary>
    public long LengthMs { get; }

    /// <summary>Points that all of it would have.</summary>
    public int WholeCount => Math.Max(
        Points.Length, (int)((LengthMs * 1_000 + ThemeObserved.HopMicroseconds / 2) / ThemeObserved.HopMicroseconds));

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

    /// <summary>Where all of it is, as far as the window goes, once its points are located.</summary>
    public PointRange WholeAt(CommonRange located, SoundWindow window)
    {
        var start = located.Second.Start;
        var end = Math.Min(window.Points.Length, start + WholeCount);
        return new PointRange(start, Math.Max(located.Second.End, end) - start);
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
