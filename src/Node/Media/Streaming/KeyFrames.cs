using System.Globalization;
using System.Text.Json;

namespace Anarchive.Node;

/// <summary>Finds key frames of a film by looking near where segments should begin, not by reading all of it.</summary>
internal static class KeyFrames
{
    /// <summary>Longer segments make whoever seeks wait; such films are coded anew.</summary>
    public const int GapMsMax = 20_000;

    /// <summary>What a list of places may take of a command line, where one argument has 128 KiB.</summary>
    private const int PlacesMax = 8_000;

    private const int FirstMsMax = 1_000;

    /// <summary>Their times from the film's beginning, in order; null where they cannot be relied upon.</summary>
    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>.</exception>
    public static async Task<IReadOnlyList<long>?> FindAsync(
        OpenedMedia file, StreamFacts facts, CancellationToken cancellation)
    {
        var places = (int)Math.Min(PlacesMax + 1, facts.DurationMs / HlsTimeline.SegmentMs + 1);
        if (places > PlacesMax || facts.Picture is not { } picture) return null;
        var intervals = string.Join(',', Enumerable.Range(0, places).Select(n => string.Create(
            CultureInfo.InvariantCulture, $"{(n * HlsTimeline.SegmentMs + facts.StartMs) / 1_000m}%+#1")));
        string[] question =
        [
            .. StreamProbe.Carefully, "-of", "json", "-select_streams",
            picture.Index.ToString(CultureInfo.InvariantCulture), "-read_intervals", intervals, "-show_entries",
            "packet=pts_time,flags",
        ];
        return await ProbeJson.AskAsync(question, file.Path, file.Bytes, a => Read(a, facts), cancellation);
    }

    /// <summary>A frame that is no key frame, or none at the beginning, says that there is no index to go by.</summary>
    internal static IReadOnlyList<long>? Read(JsonElement answer, StreamFacts facts)
    {
        var keys = new SortedSet<long>();
        foreach (var packet in ProbeJson.Array(answer, "packets"))
        {
            if (ProbeJson.Milliseconds(packet, "pts_time") is not { } time) return null;
            if (ProbeJson.Text(packet, "flags")?.StartsWith('K') != true) return null;
            keys.Add(time - facts.StartMs);
        }

        if (keys.Count == 0 || keys.Min is < 0 or > FirstMsMax) return null;
        var ends = keys.Skip(1).Append(facts.DurationMs);
        return keys.Zip(ends, (key, end) => end - key).Any(gap => gap > GapMsMax) ? null : [.. keys];
    }
}
