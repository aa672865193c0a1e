namespace Anarchive.Net;

/// <summary>A stretch of time in a file, in milliseconds.</summary>
public readonly record struct Stretch(long StartMs, long EndMs);

/// <summary>An intro or outro with its edges set.</summary>
/// <param name="EndMs">Null: the end of the file.</param>
public readonly record struct MarkerBounds(long StartMs, long? EndMs);

/// <summary>Sets the edges of what was found by its sound.</summary>
/// <remarks>
/// A point stands for the 2.7 s that follow it: one is already alike when some of those are the theme's, and the last
/// ones are no longer. So both edges lie early, by two seconds together; how much of that at either was measured on the
/// generated seasons that are drawn by chance. Where picture and sound pause near an edge, that is where the cut is.
/// </remarks>
public static class MarkerEdges
{
    /// <summary>How far an edge may be moved to a pause, in milliseconds.</summary>
    public const long SnapMs = 2_000;

    private const long StartBiasMs = 800;
    private const long EndBiasMs = 1_200;
    private const long AtStartMs = 1_000;
    private const long AtEndMs = 10_000;

    /// <summary>What lies early in the points, put right.</summary>
    public static Stretch Unbiased(FoundRange found, long durationMs)
    {
        var end = Math.Min(durationMs, found.EndMs + EndBiasMs);
        return new Stretch(Math.Min(end, found.StartMs + StartBiasMs), end);
    }

    /// <summary>The bounds of a marker: moved to pauses, then to the file's ends, then to the grid.</summary>
    /// <param name="black">Where the picture is black.</param>
    /// <param name="silent">Where there is no sound.</param>
    public static MarkerBounds Settle(
        Stretch stretch, MarkerType type, long durationMs, IReadOnlyList<Stretch> black, IReadOnlyList<Stretch> silent)
    {
        var pauses = Pauses(black, silent);
        var start = Nearest(stretch.StartMs, pauses.Select(p => p.EndMs));
        var end = Nearest(stretch.EndMs, pauses.Select(p => p.StartMs));
        if (end <= start) (start, end) = (stretch.StartMs, stretch.EndMs);
        if (start <= AtStartMs) start = 0;
        start = OnGrid(start);
        return type == MarkerType.Outro && end >= durationMs - AtEndMs
            ? new MarkerBounds(start, null)
            : new MarkerBounds(start, OnGrid(end));
    }

    /// <summary>The bounds that a chapter states: what follows within seconds is no part of it.</summary>
    public static MarkerBounds OfChapter(Chapter chapter, MarkerType type, long durationMs) => new(
        chapter.StartMs <= AtStartMs ? 0 : OnGrid(chapter.StartMs),
        type == MarkerType.Outro && chapter.EndMs >= durationMs - AtStartMs ? null : OnGrid(chapter.EndMs));

    /// <summary>Where picture and sound pause together.</summary>
    private static List<Stretch> Pauses(IReadOnlyList<Stretch> black, IReadOnlyList<Stretch> silent)
    {
        var pauses = new List<Stretch>();
        foreach (var dark in black)
        {
            foreach (var still in silent)
            {
                var pause = new Stretch(
                    Math.Max(dark.StartMs, still.StartMs), Math.Min(dark.EndMs, still.EndMs));
                if (pause.EndMs > pause.StartMs) pauses.Add(pause);
            }
        }

        return pauses;
    }

    private static long Nearest(long edge, IEnumerable<long> places)
    {
        var nearest = edge;
        var least = SnapMs + 1;
        foreach (var place in places)
        {
            var distance = Math.Abs(place - edge);
            if (distance < least || (distance == least && place < nearest)) (nearest, least) = (place, distance);
        }

        return nearest;
    }

    private static long OnGrid(long ms) => (ms + NetRules.GridMs / 2) / NetRules.GridMs * NetRules.GridMs;
}
