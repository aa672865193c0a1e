using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anarchive.Node;

/// <summary><c>config.json</c> in the data directory: what the owner set; a dot in a key opens a section.</summary>
public sealed class ConfigFile
{
    public const string Name = "config.json";

    // A few settings; whatever is larger is not a configuration.
    private const int BytesMax = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    private readonly string _path;
    private readonly JsonObject _document;

    private ConfigFile(string path, JsonObject document) => (_path, _document) = (path, document);

    /// <summary>Keys in the file with their values as text; null where a value has no such form.</summary>
    public IReadOnlyDictionary<string, string?> Values
    {
        get
        {
            var values = new Dictionary<string, string?>();
            Flatten(_document, "", values);
            return values;
        }
    }

    /// <summary>Others than the owner can read it.</summary>
    internal bool IsOpenToOthers =>
        !OperatingSystem.IsWindows() && File.Exists(_path)
        && (File.GetUnixFileMode(_path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    /// <summary>Reads the file; one that is missing is empty.</summary>
    /// <exception cref="StartRefusedException"><c>config_unreadable</c>.</exception>
    public static ConfigFile Read(string directory)
    {
        var path = Path.Combine(directory, Name);
        if (!File.Exists(path)) return new ConfigFile(path, []);
        try
        {
            if (new FileInfo(path).Length <= BytesMax
                && JsonNode.Parse(File.ReadAllText(path), documentOptions: Strict) is JsonObject document)
                return new ConfigFile(path, document);
        }
        catch (JsonException broken)
        {
            throw Unreadable($"line {broken.LineNumber + 1} cannot be read", broken);
        }

        throw Unreadable("it must hold one JSON object", null);
    }

    /// <summary>Sets a value; durable when it returns.</summary>
    public void Set(NodeSetting setting, string text)
    {
        var parts = setting.Key.Split('.');
        var section = _document;
        foreach (var part in parts[..^1])
        {
            if (section[part] is not JsonObject) section[part] = new JsonObject();
            section = (JsonObject)section[part]!;
        }

        section[parts[^1]] = setting.Write(text);
        Save();
    }

    /// <summary>Takes a value out, also one this program does not know; false where there is none.</summary>
    public bool Unset(string key)
    {
        var parts = key.Split('.');
        var sections = new List<JsonObject> { _document };
        foreach (var part in parts[..^1])
        {
            if (sections[^1][part] is not JsonObject section) return false;
            sections.Add(section);
        }

        if (!sections[^1].Remove(parts[^1])) return false;
        for (var at = sections.Count - 1; at > 0 && sections[at].Count == 0; at--)
            sections[at - 1].Remove(parts[at - 1]);
        Save();
        return true;
    }

    private void Save()
    {
        DataDirectory.CreatePrivate(Path.GetDirectoryName(_path)!);
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Indented)) _document.WriteTo(writer);
        text.Write("\n"u8);
        DurableFile.Replace(_path, text.ToArray());
    }

    private static void Flatten(JsonObject section, string prefix, Dictionary<string, string?> values)
    {
        foreach (var (name, value) in section)
        {
            if (value is JsonObject inner) Flatten(inner, $"{prefix}{name}.", values);
            else values[prefix + name] = Text(value);
        }
    }

    private static string? Text(JsonNode? value) => value switch
    {
        JsonArray list => list.All(item => item?.GetValueKind() == JsonValueKind.String)
            ? string.Join(',', list.Select(item => item!.GetValue<string>()))
            : null,
        JsonValue one when one.GetValueKind() == JsonValueKind.String => one.GetValue<string>(),
        JsonValue one => one.ToJsonString(),
        _ => null,
    };

    private static StartRefusedException Unreadable(string why, Exception? cause) =>
        new("config_unreadable", $"The file {Name} in the data directory cannot be used: {why}.", cause);
}
