namespace Anarchive.Net;

/// <summary>A stretch of a file's sound as Chromaprint's points, with an index by value.</summary>
/// <remarks>
/// A point stands for 2.7 s of sound from its place on: twenty frames of 4,096 samples at 11,025 Hz, one beginning
/// every 1,365 samples, which is 123,810 µs. What two recordings share makes points that are equal, or differ in few
/// bits.
/// Source of the format: Lukáš Lalinský, "How does Chromaprint work?" (2011).
/// </remarks>
public sealed class SoundWindow
{
    /// <summary>A day and an hour: more is no file that a person watches.</summary>
    public const int PointsMax = 727_000;

    private readonly uint[] _points;
    private readonly ulong[] _byValue;

    /// <exception cref="ArgumentOutOfRangeException">More points than <see cref="PointsMax"/>.</exception>
    public SoundWindow(ReadOnlySpan<uint> points, long startMs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points.Length, PointsMax);
        ArgumentOutOfRangeException.ThrowIfNegative(startMs);
        _points = points.ToArray();
        StartMs = startMs;
        _byValue = new ulong[_points.Length];
        for (var at = 0; at < _points.Length; at++) _byValue[at] = ((ulong)_points[at] << 32) | (uint)at;
        Array.Sort(_byValue);
    }

    /// <summary>No sound at all.</summary>
    public static SoundWindow Empty { get; } = new([], 0);

    public ReadOnlySpan<uint> Points => _points;

    /// <summary>Where its first point begins, in milliseconds from the file's start.</summary>
    public long StartMs { get; }

    /// <summary>Value in the upper half, position in the lower one; ascending.</summary>
    internal ReadOnlySpan<ulong> ByValue => _byValue;

    /// <summary>Milliseconds that so many points last.</summary>
    public static long MsOf(int points) => ((long)points * ThemeObserved.HopMicroseconds + 500) / 1_000;

    /// <summary>Where a point begins in the file; before its start at the earliest for a negative one.</summary>
    public long MsAt(int point) => StartMs + MsOf(point);
}

/// <summary>A stretch of points.</summary>
/// <param name="Start">Of the first one; negative where a theme begins before the window that it was found in.</param>
public readonly record struct PointRange(int Start, int Count)
{
    /// <summary>One past the last one.</summary>
    public int End => Start + Count;

    /// <summary>What both cover as a share of what either does, per mille.</summary>
    public int OverlapWith(PointRange other)
    {
        var both = Math.Min(End, other.End) - Math.Max(Start, other.Start);
        if (both <= 0) return 0;
        return (int)(1_000L * both / ((long)Count + other.Count - both));
    }
}
