using System.Globalization;
using System.Text;

namespace Anarchive.Net;

/// <summary>Markers as a table: a header, one row each, times in milliseconds.</summary>
/// <remarks>
/// By RFC 4180: comma, CRLF. No field needs quotes: keys, words and numbers hold neither a comma nor a quote. An empty
/// <c>end_ms</c> is the end of the file.
/// </remarks>
public static class MarkerCsv
{
    public const string Header = "key,type,n,start_ms,end_ms,duration_ms,level";

    public static string Write(IEnumerable<ExportMarker> markers)
    {
        var text = new StringBuilder(Header + "\r\n");
        foreach (var m in ExportRules.Shown(markers))
            text.Append(
                CultureInfo.InvariantCulture,
                $"{m.Key},{Word(m.Type)},{m.N},{m.StartMs},{m.EndMs},{m.DurationMs},{ExportWords.Of(m.Level)}\r\n");
        return text.ToString();
    }

    private static string Word(MarkerType type) => ExportWords.Of(type);
}

/// <summary>Types and levels as outputs spell them.</summary>
internal static class ExportWords
{
    public static string Of(MarkerType type) => type.ToString().ToLowerInvariant();

    public static string Of(MergeLevel level) => level switch
    {
        MergeLevel.AutoSkip => "auto-skip",
        MergeLevel.Button => "button",
        _ => "hidden",
    };
}
