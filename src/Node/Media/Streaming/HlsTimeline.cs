using System.Globalization;
using System.Text;

namespace Anarchive.Node;

/// <summary>Where the segments of a film begin, which is known before the first of them is made.</summary>
public sealed class HlsTimeline
{
    /// <summary>Short enough that a player soon has the one it asked for.</summary>
    public const int SegmentMs = 4_000;

    /// <summary>
    /// What segments' own clocks are ahead of the film's: frames that coders put before the first one have times, too.
    /// </summary>
    public const int OffsetMs = 10_000;

    /// <summary>A last segment may hold no frame if it is shorter.</summary>
    private const int LastMsMin = 500;

    private readonly long[] _startsMs;

    private HlsTimeline(long[] startsMs, long durationMs) => (_startsMs, DurationMs) = (startsMs, durationMs);

    public long DurationMs { get; }

    public int Count => _startsMs.Length;

    /// <summary>Equal segments, for what is coded anew.</summary>
    public static HlsTimeline Even(long durationMs) =>
        Of(Enumerable.Range(0, (int)(durationMs / SegmentMs) + 1).Select(n => (long)n * SegmentMs), durationMs);

    /// <summary>Segments that begin at key frames.</summary>
    /// <param name="keysMs">In order. What comes before the first belongs to it.</param>
    public static HlsTimeline At(IReadOnlyList<long> keysMs, long durationMs) =>
        Of(keysMs.Skip(1).Prepend(0), durationMs);

    public long StartMs(int segment) => _startsMs[segment];

    /// <summary>The segment that a frame of that time belongs to.</summary>
    /// <param name="timeUs">In microseconds; rounded, a frame may seem to stand before its segment.</param>
    public int SegmentAt(long timeUs)
    {
        var at = Array.BinarySearch(_startsMs, (timeUs + RoundingUs) / 1_000);
        return Math.Max(0, at >= 0 ? at : ~at - 1);
    }

    /// <summary>The media playlist (RFC 8216), complete.</summary>
    public string Playlist()
    {
        var longest = Enumerable.Range(0, Count).Max(LengthMs);
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-PLAYLIST-TYPE:VOD\n");
        Line(text, $"#EXT-X-TARGETDURATION:{(longest + 999) / 1_000}");
        text.Append("#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n");
        for (var segment = 0; segment < Count; segment++)
        {
            var length = LengthMs(segment);
            Line(text, $"#EXTINF:{length / 1_000}.{length % 1_000:000},");
            Line(text, $"{segment}.m4s");
        }

        return text.Append("#EXT-X-ENDLIST\n").ToString();
    }

    private const int RoundingUs = 2_000;

    private long LengthMs(int segment) =>
        (segment + 1 < Count ? _startsMs[segment + 1] : DurationMs) - _startsMs[segment];

    private static HlsTimeline Of(IEnumerable<long> startsMs, long durationMs) =>
        new([.. startsMs.Where(start => start == 0 || start <= durationMs - LastMsMin)], durationMs);

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
