using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Anarchive.Net;

/// <summary>The payloads of Net as JSON Schema (draft 2020-12), for whoever writes another program.</summary>
/// <remarks>
/// Members, types and words come from the types that are read; bounds from <see cref="NetRules"/>, which alone decides.
/// What no schema can say stands in its text: bytes are canonical, and a marker's length depends on its type.
/// </remarks>
public static class NetSchemas
{
    private const string Key = "^(osh:|bt2:|bt1:|thm:|work:)[ -~]+$";
    private const string Language = "^[a-z]{2,3}$";

    private static readonly Dictionary<string, (string Keyword, JsonNode Value)[]> Bounds = new(StringComparer.Ordinal)
    {
        ["v"] = [("const", NetRules.Version)],
        ["key"] = [("minItems", 1), ("maxItems", NetRules.KeysMax), ("uniqueItems", true)],
        ["key/items"] = [("maxLength", ContentKey.LengthMax), ("pattern", Key)],
        ["tool"] = [("maxLength", NetRules.ToolCharsMax), ("pattern", @"^[ -\-0-\[\]-~]+$")],
        ["conf"] = [("minimum", 0), ("maximum", 100)],
        ["at"] = [("minimum", 0), ("maximum", NetRules.HoursMax)],
        ["n"] = [("minimum", 0), ("maximum", NetRules.MarkersMax)],
        ["start_ms"] = [("minimum", 0), ("maximum", NetRules.MediaMsMax), ("multipleOf", NetRules.GridMs)],
        ["end_ms"] = [("minimum", 0), ("maximum", NetRules.MediaMsMax), ("multipleOf", NetRules.GridMs)],
        ["duration_ms"] = [("minimum", 1), ("maximum", NetRules.MediaMsMax)],
        ["absent"] = [("const", true)],
        ["season"] = [("minimum", 0), ("maximum", WorkId.SeasonMax)],
        ["algo"] = [("const", ThemeObserved.AlgoChromaprint)],
        ["hop_us"] = [("const", ThemeObserved.HopMicroseconds)],
        ["length_ms"] = [("minimum", NetRules.ThemeMsMin), ("maximum", NetRules.ThemeMsMax)],
        ["work"] = [("minItems", 1), ("maxItems", NetRules.WorksMax), ("uniqueItems", true)],
        ["episodes"] = [("minItems", 1), ("maxItems", NetRules.EpisodesMax)],
        ["episodes/items"] = [("minimum", 0), ("maximum", WorkId.EpisodeMax)],
        ["absolute"] = [("minimum", 0), ("maximum", WorkId.EpisodeMax)],
        ["file_part"] = [("minimum", 1), ("maximum", NetRules.FilePartMax)],
        ["defects"] = [("maxItems", NetRules.DefectsMax), ("uniqueItems", true)],
        ["grade"] = [("minimum", 0), ("maximum", 100)],
        ["width"] = [("minimum", NetRules.PixelsMin), ("maximum", NetRules.PixelsMax)],
        ["height"] = [("minimum", NetRules.PixelsMin), ("maximum", NetRules.PixelsMax)],
        ["bit_depth"] = [("enum", new JsonArray(8, 10, 12))],
        ["fps_milli"] = [("minimum", NetRules.FpsMilliMin), ("maximum", NetRules.FpsMilliMax)],
        ["bitrate_k"] = [("minimum", 1), ("maximum", NetRules.BitrateKMax)],
        ["subs"] = [("maxItems", NetRules.SubsMax)],
        ["subs/items"] = [("pattern", Language)],
        ["audio"] = [("maxItems", NetRules.TracksMax)],
        ["ch"] = [("minimum", 1), ("maximum", NetRules.ChannelsMax)],
        ["lang"] = [("pattern", Language)],
        ["ttl_h"] = [("minimum", 1), ("maximum", NetRules.HintHoursMax)],
    };

    private static readonly Dictionary<string, (string Keyword, JsonNode Value)[]> ThemeBounds =
        new(StringComparer.Ordinal)
        {
            ["season"] = [("pattern", "^[a-z0-9]{1,64}$")],
            ["points"] = [("contentEncoding", "base64"), ("maxLength", 4 * NetRules.ThemePointsMax * 4 / 3 + 4)],
        };

    private static readonly Dictionary<string, (string Keyword, JsonNode Value)[]> SignalBounds =
        new(StringComparer.Ordinal)
        {
            ["key"] = [("pattern", "^(work:|bt2:)[ -~]+$"), ("maxLength", ContentKey.LengthMax)],
            ["week"] = [("pattern", "^[0-9]{4}-W[0-9]{2}$")],
            ["n"] = [("enum", new JsonArray(5, 10, 20, 50, 100))],
        };

    private static readonly Dictionary<string, (string Keyword, JsonNode Value)[]> HintBounds =
        new(StringComparer.Ordinal)
        {
            ["key"] = [("pattern", "^bt[12]:[ -~]+$"), ("maxLength", ContentKey.LengthMax)],
        };

    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.General)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = NetJson.Default,
    };

    /// <summary>Name and document of each, the name as the event's kind spells it.</summary>
    public static IEnumerable<(string Name, JsonObject Schema)> All()
    {
        var markers = PartIs(MarkerObserved.PartName);
        yield return Make("marker_observed", NetJson.Default.MarkerObserved, markers);
        yield return Make("theme_observed", NetJson.Default.ThemeObserved, [.. markers, .. ThemeBounds]);
        yield return Make(
            "grouping_observed", NetJson.Default.GroupingObserved, PartIs(GroupingObserved.PartName));
        yield return Make("quality_observed", NetJson.Default.QualityObserved, PartIs(QualityObserved.PartName));
        yield return Make("hint_observed", NetJson.Default.HintObserved, PartIs(HintObserved.PartName));
        yield return Make("observation_retracted", NetJson.Default.ObservationRetracted, PartIs([.. NetApp.Parts]));
        yield return Make("signal_row", NetJson.Default.SignalRow, SignalBounds);
        yield return Make("hint_row", NetJson.Default.HintRow, [.. SignalBounds, .. HintBounds]);
        yield return Make("part_edition_published", NetJson.Default.PartEdition, EditionBounds.All);
    }

    private static Dictionary<string, (string Keyword, JsonNode Value)[]> PartIs(params string[] names) => new()
    {
        ["part"] =
        [
            names is [var one]
                ? ("const", one)
                : ("enum", new JsonArray([.. names.Order(StringComparer.Ordinal).Select(n => JsonValue.Create(n))])),
        ],
    };

    private static (string Name, JsonObject Schema) Make(
        string name, JsonTypeInfo type, IEnumerable<KeyValuePair<string, (string Keyword, JsonNode Value)[]>> own)
    {
        var first = new Dictionary<string, (string Keyword, JsonNode Value)[]>(StringComparer.Ordinal);
        foreach (var (member, bounds) in own) first[member] = bounds;
        var exported = (JsonObject)JsonSchemaExporter.GetJsonSchemaAsNode(
            type,
            new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (at, node) => Bounded(at, node, first),
            });
        exported.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        exported.Insert(1, "title", name);
        return (name, exported);
    }

    private static JsonNode Bounded(
        JsonSchemaExporterContext at, JsonNode node, Dictionary<string, (string Keyword, JsonNode Value)[]> first)
    {
        if (node is not JsonObject schema) return node;
        var property = at.PropertyInfo?.Name;
        var name = at.Path is [.., "items"] ? at.Path[^2] + "/items" : property;
        if (name is null) return node;
        // An optional member is left out and never null; the one that may be null has to be there.
        if (name is not ("end_ms" or "prev" or "from") && schema["type"] is JsonArray types)
            schema["type"] = types.First(t => t!.GetValue<string>() != "null")!.DeepClone();
        schema.Remove("default");
        if ((first.GetValueOrDefault(name) ?? Bounds.GetValueOrDefault(name)) is { } bounds)
            foreach (var (keyword, value) in bounds) schema[keyword] = value.DeepClone();
        return schema;
    }

    /// <summary>As the files under <c>docs/schema/net</c> hold it.</summary>
    public static string Text(JsonObject schema) => schema.ToJsonString(Readable) + "\n";
}
