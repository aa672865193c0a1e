using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Net;

/// <summary>What the mpv script reads beside a file.</summary>
/// <param name="Anarchive">The form's version: 1.</param>
/// <param name="DurationMs">Of the file that was meant: in one of another length nothing is skipped.</param>
public sealed record MpvMarkers(
    int Anarchive, long DurationMs, IReadOnlyList<MpvMarker> Markers);

/// <summary>One marker of the sidecar.</summary>
/// <param name="Level"><c>auto-skip</c> or <c>button</c>.</param>
public sealed record MpvMarker(
    string Type, long StartMs, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? EndMs, string Level);

/// <summary>The file beside a film from which the mpv script knows what to skip, and the script.</summary>
public static class MpvSidecar
{
    public const string Suffix = ".anarchive.json";

    private const string ScriptName = "anarchive.lua";

    /// <param name="durationMs">Of the file.</param>
    public static string Write(IEnumerable<ExportMarker> markers, long durationMs) => JsonSerializer.Serialize(
        new MpvMarkers(
            1, durationMs,
            [
                .. ExportRules.Shown(markers).Select(m => new MpvMarker(
                    ExportWords.Of(m.Type), m.StartMs, m.EndMs, ExportWords.Of(m.Level))),
            ]),
        ExportSnakeJson.Default.MpvMarkers);

    /// <summary>The whole name stays, so that two films that differ in their extension have one each.</summary>
    public static string NameFor(string file) => file + Suffix;

    /// <summary>The Lua script for mpv's <c>scripts</c> directory.</summary>
    public static string Script()
    {
        using var stream = typeof(MpvSidecar).Assembly.GetManifestResourceStream(ScriptName)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
