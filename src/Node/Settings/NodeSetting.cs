using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Node;

/// <summary>How a setting stands in <c>config.json</c>.</summary>
internal enum SettingForm
{
    Text,
    Number,
    Switch,
    List,
}

/// <summary>One thing an owner may set: its name everywhere, its rule, and where it goes.</summary>
/// <param name="Key">Lower case, parts divided by dots: <c>peers.listen</c>.</param>
/// <param name="Rule">What a value must be, as the end of a sentence.</param>
/// <param name="Default">Null where it is unset unless somebody sets it.</param>
/// <param name="Apply">Null where the value breaks the rule.</param>
public sealed record NodeSetting(
    string Key, string Rule, string? Default, Func<NodeOptions, string, NodeOptions?> Apply)
{
    internal SettingForm Form { get; init; }

    /// <summary>True where a value lets whoever reads it do something, so that it is never shown.</summary>
    public Func<string, bool> HoldsSecret { get; init; } = _ => false;

    /// <summary>The variable that sets it; letter case and single underscores do not matter when it is read.</summary>
    public string Variable => Prefix + string.Join("__", Key.Split('.').Select(part => string.Concat(
        part.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));

    internal const string Prefix = "ANARCHIVE__";

    /// <summary>True where the value keeps the rule.</summary>
    public bool Accepts(string text) => Apply(Blank, text) is not null;

    /// <summary>The value as <c>config.json</c> holds it.</summary>
    internal JsonNode Write(string text) => Form switch
    {
        SettingForm.Number => JsonValue.Create(int.Parse(text, CultureInfo.InvariantCulture)),
        SettingForm.Switch => JsonValue.Create(bool.Parse(text)),
        SettingForm.List => new JsonArray([.. Items(text).Select(item => (JsonNode)JsonValue.Create(item))]),
        _ => JsonValue.Create(text),
    };

    /// <summary>A list in one line of text: items divided by commas.</summary>
    internal static string[] Items(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static NodeOptions Blank { get; } = new() { DataDirectory = "" };
}
