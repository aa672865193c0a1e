using System.Globalization;
using System.Text;

namespace Anarchive.Net;

/// <summary>What Kodi does with a range of an edit decision list.</summary>
public enum EdlAction
{
    /// <summary>The range is gone, and the film is shorter by it: only where somebody asks for that.</summary>
    Cut = 0,

    /// <summary>Skipped once; whoever goes back sees it.</summary>
    CommercialBreak = 3,
}

/// <summary>Kodi's edit decision list, <c>&lt;name&gt;.edl</c> beside the film.</summary>
/// <remarks>
/// One range a line: start, end and action, parted by tabs, in seconds. Source: Kodi's wiki, "Edit decision list".
/// Kodi refuses ranges that overlap, so those are one.
/// </remarks>
public static class KodiEdl
{
    public static string Write(IEnumerable<ExportMarker> markers, EdlAction action)
    {
        var text = new StringBuilder();
        foreach (var (start, end) in Apart(ExportRules.Skippable(markers)))
            text.Append(CultureInfo.InvariantCulture, $"{Seconds(start)}\t{Seconds(end)}\t{(int)action}\n");
        return text.ToString();
    }

    /// <summary>Beside a film and with its name, but for the extension.</summary>
    public static string NameFor(string file) => System.IO.Path.ChangeExtension(file, ".edl");

    private static List<Stretch> Apart(IReadOnlyList<ExportMarker> sorted)
    {
        var ranges = new List<Stretch>();
        foreach (var marker in sorted)
        {
            if (ranges is [.., var last] && marker.StartMs <= last.EndMs)
                ranges[^1] = last with { EndMs = Math.Max(last.EndMs, marker.StopMs) };
            else
                ranges.Add(new Stretch(marker.StartMs, marker.StopMs));
        }

        return ranges;
    }

    private static string Seconds(long ms) => (ms / 1_000m).ToString("0.000", CultureInfo.InvariantCulture);
}
