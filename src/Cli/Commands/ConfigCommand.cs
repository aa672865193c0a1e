using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary><c>anarchive config</c>: what is set, by whom, and changes to <c>config.json</c>; needs no node.</summary>
internal static class ConfigCommand
{
    private const string Hidden = "***";

    private static readonly Argument<string> Key = new("KEY") { Description = "A setting's name: peers.listen." };

    private static readonly Argument<string> Value = new("VALUE")
    {
        Description = "Its value; a list is divided by commas.",
    };

    public static Command Build(Terminal terminal) =>
        new("config", "See and change this node's settings; changes take effect at the next start.")
        {
            new Command("show", "Name each value and where it comes from.").Runs(terminal, ShowAsync),
            new Command("set", "Write a value into config.json.") { Key, Value }.Runs(terminal, SetAsync),
            new Command("unset", "Take a value out of config.json.") { Key }.Runs(terminal, UnsetAsync),
        };

    private static Task<Answer> ShowAsync(Invocation invocation, CancellationToken cancellation)
    {
        var values = ServeCommand.Settings(invocation.Home, []).Values;
        var document = new JsonObject
        {
            ["settings"] = new JsonArray([.. values.Select(v => (JsonNode)new JsonObject
            {
                ["key"] = v.Setting.Key,
                ["value"] = Shown(v),
                ["source"] = Named(v.Source),
                ["variable"] = v.Setting.Variable,
            })]),
        };
        return Task.FromResult(Answer.Done(document) with
        {
            Table = Terminal.Table(
                ["Setting", "Value", "From", "Variable"],
                values.Select(v => new[] { v.Setting.Key, Shown(v) ?? "", Named(v.Source), v.Setting.Variable })),
        });
    }

    private static Task<Answer> SetAsync(Invocation invocation, CancellationToken cancellation)
    {
        var key = invocation.Value(Key);
        var text = invocation.Value(Value);
        var setting = KnownSettings.Find(key) ?? throw Unknown(key);
        if (!setting.Accepts(text))
            throw CliFailure.CannotRun("bad_setting", $"A value of {key} must be {setting.Rule}.");
        ConfigFile.Read(invocation.Home.Directory).Set(setting, text);
        var shown = setting.HoldsSecret(text) ? Hidden : text;
        return ChangedAsync(key, shown, $"{key} is {shown} from the next start on.");
    }

    private static Task<Answer> UnsetAsync(Invocation invocation, CancellationToken cancellation)
    {
        var key = invocation.Value(Key);
        if (!ConfigFile.Read(invocation.Home.Directory).Unset(key) && KnownSettings.Find(key) is null)
            throw Unknown(key);
        return ChangedAsync(key, null, $"{key} is no longer set in config.json, from the next start on.");
    }

    private static Task<Answer> ChangedAsync(string key, string? value, string sentence) =>
        Task.FromResult(Answer.Done(new JsonObject { ["key"] = key, ["value"] = value }, sentence));

    private static CliFailure Unknown(string key) => CliFailure.CannotRun(
        "unknown_setting", $"There is no setting {key}. List them with: anarchive config show");

    private static string? Shown(SettingValue value) =>
        value.Text is { } text && value.Setting.HoldsSecret(text) ? Hidden : value.Text;

    private static string Named(SettingSource source) => source switch
    {
        SettingSource.File => ConfigFile.Name,
        SettingSource.Environment => "environment",
        SettingSource.Flag => "option",
        _ => "default",
    };
}
