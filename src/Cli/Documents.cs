using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>Reads the node's documents, and turns their names into the command line's own spelling.</summary>
internal static class Documents
{
    public static string? Text(this JsonObject document, string name) =>
        document[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static string Need(this JsonObject document, string name) =>
        document.Text(name) ?? throw CliFailure.CannotRun("other_version", "The running node is of another version.");

    public static long Number(this JsonObject document, string name) =>
        document[name] is JsonValue value
            ? value.TryGetValue<long>(out var number) ? number : value.TryGetValue<int>(out var small) ? small : 0
            : 0;

    public static bool Flag(this JsonObject document, string name) =>
        document[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static string Count(this JsonObject document, string name) =>
        document.Number(name).ToString(CultureInfo.InvariantCulture);

    public static IEnumerable<JsonObject> Array(this JsonObject document, string name) =>
        document[name] is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>A copy with <c>camelCase</c> names; the API's are <c>snake_case</c>.</summary>
    public static JsonNode? Camel(JsonNode? node) => node switch
    {
        JsonObject document => new JsonObject(
            document.Select(entry => KeyValuePair.Create(Camel(entry.Key), Camel(entry.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Camel)]),
        _ => node?.DeepClone(),
    };

    private static string Camel(string name)
    {
        var words = name.Split('_');
        return words[0] + string.Concat(words.Skip(1).Where(w => w.Length > 0).Select(Capital));

        static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
    }
}
