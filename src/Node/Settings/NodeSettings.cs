using System.Collections.Immutable;

namespace Anarchive.Node;

/// <summary>Who set a value; later ones prevail.</summary>
public enum SettingSource
{
    Default,
    File,
    Environment,
    Flag,
}

/// <summary>A setting with the value in force, null for none, and who set it.</summary>
public sealed record SettingValue(NodeSetting Setting, string? Text, SettingSource Source);

/// <summary>
/// What is in force: a flag, else the environment, else <c>config.json</c>, else the default. A key nobody knows or a
/// value that breaks its rule refuses the start, for whoever wrote it meant something by it.
/// </summary>
public sealed class NodeSettings
{
    private const string FromFile = "_FILE";
    private const StringComparison Ignoring = StringComparison.OrdinalIgnoreCase;

    // A secret is a line or two.
    private const int SecretBytesMax = 64 * 1024;

    private NodeSettings(ImmutableArray<SettingValue> values) => Values = values;

    public IReadOnlyList<SettingValue> Values { get; }

    /// <param name="flags">By key; null where the flag was not given.</param>
    /// <exception cref="StartRefusedException">
    /// <c>unknown_setting</c>, <c>bad_setting</c>, <c>setting_given_twice</c>, <c>setting_file_missing</c>,
    /// <c>config_open_to_others</c> or <c>config_unreadable</c>.
    /// </exception>
    public static NodeSettings Read(
        ConfigFile file,
        IReadOnlyDictionary<string, string?> flags,
        IEnumerable<KeyValuePair<string, string>> environment)
    {
        var values = KnownSettings.All.ToDictionary(
            s => s.Key, s => new SettingValue(s, s.Default, SettingSource.Default));
        foreach (var (key, text) in file.Values)
        {
            Put(key, text, SettingSource.File, $"The key {key} in {ConfigFile.Name}");
            if (values[key].Setting.HoldsSecret(text!) && file.IsOpenToOthers)
                throw new StartRefusedException(
                    "config_open_to_others", $"Others can read {key} in {ConfigFile.Name}: run chmod 600 on it.");
        }

        foreach (var (name, value) in environment.Where(e => e.Key.StartsWith(NodeSetting.Prefix, Ignoring)))
        {
            var isFile = name.EndsWith(FromFile, StringComparison.Ordinal);
            var key = KeyOf(isFile ? name[..^FromFile.Length] : name);
            if (key is not null && values[key].Source == SettingSource.Environment)
                throw new StartRefusedException(
                    "setting_given_twice", $"The environment sets {key} twice: keep one of its variables.");
            Put(key ?? name, isFile && key is not null ? Content(name, value) : value, SettingSource.Environment, name);
        }

        foreach (var (key, text) in flags)
            if (text is not null) Put(key, text, SettingSource.Flag, $"The option that sets {key}");
        return new NodeSettings([.. KnownSettings.All.Select(s => values[s.Key])]);

        void Put(string key, string? text, SettingSource source, string where)
        {
            if (!values.TryGetValue(key, out var known))
                throw new StartRefusedException("unknown_setting", $"{where} is no setting of this program.");
            if (text is null || !known.Setting.Accepts(text))
                throw new StartRefusedException("bad_setting", $"{where} must be {known.Setting.Rule}.");
            values[key] = new SettingValue(known.Setting, text, source);
        }
    }

    /// <summary>Puts what is in force into a node's options.</summary>
    public NodeOptions Apply(NodeOptions options) => Values.Aggregate(options, (o, value) => value.Text is { } text
        ? value.Setting.Apply(o, text) ?? throw new InvalidOperationException("It was accepted before.")
        : o);

    /// <summary>Null for a variable that names no setting.</summary>
    private static string? KeyOf(string variable) =>
        KnownSettings.All.FirstOrDefault(s => Plain(s.Variable) == Plain(variable))?.Key;

    private static string Plain(string variable) =>
        variable.Replace("__", ".", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal)
            .ToLowerInvariant();

    private static string Content(string variable, string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > SecretBytesMax)
            throw new StartRefusedException(
                "setting_file_missing", $"{variable} must name a file with the value in it.");
        return File.ReadAllText(path).TrimEnd('\n', '\r');
    }
}
