using System.Globalization;
using System.Text;

namespace Anarchive.Net;

/// <summary>Markers as chapters in ffmpeg's metadata format: <c>-i film -i chapters -map_metadata 1</c>.</summary>
/// <remarks>A chapter is skipped by nobody but a person. Source: ffmpeg's documentation, "Metadata".</remarks>
public static class ChapterFile
{
    public static string Write(IEnumerable<ExportMarker> markers)
    {
        var text = new StringBuilder(";FFMETADATA1\n");
        foreach (var marker in ExportRules.Shown(markers))
            text.Append(
                CultureInfo.InvariantCulture,
                $"[CHAPTER]\nTIMEBASE=1/1000\nSTART={marker.StartMs}\nEND={marker.StopMs}\n"
                    + $"title={Title(marker.Type)}\n");
        return text.ToString();
    }

    private static string Title(MarkerType type) => type == MarkerType.Outro ? "Credits" : type.ToString();
}
