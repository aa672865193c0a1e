using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary>The data directory: who may open it, its keys, what the owner set.</summary>
internal static class HomeChecks
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static Finding Directory(Home home)
    {
        if (!System.IO.Directory.Exists(home.Directory))
            return Finding.Ok("data directory", "not made yet; serve and init make it");
        return IsOpen(home.Directory)
            ? Finding.Problem("data directory", "Other users can open it.", $"chmod 700 {home.Directory}")
            : Finding.Ok("data directory", "only this user can open it");
    }

    public static IEnumerable<Finding> Keys(Home home)
    {
        var (key, recovery) = (DataDirectory.NodeKeyIn(home.Directory), DataDirectory.RecoveryKeyIn(home.Directory));
        if (!File.Exists(key))
        {
            yield return File.Exists(Path.Combine(home.Directory, "node.db"))
                ? Finding.Problem(
                    "keys", "The node's key is gone, and its database is here.",
                    "Put keys/node.key back, restore a backup, or run key recover with the recovery key.")
                : Finding.Ok("keys", "not made yet; serve and init make them");
            yield break;
        }

        foreach (var file in new[] { key, recovery }.Where(f => File.Exists(f) && IsOpen(f)))
            yield return Finding.Problem(
                "keys", $"Other users can read {Path.GetFileName(file)}.", $"chmod 600 {file}");
        if (!IsOpen(key)) yield return Finding.Ok("keys", "the node's key is here, and only this user can read it");
        if (File.Exists(recovery))
            yield return Finding.Advice(
                "recovery key", "It lies beside the key it is to save you from losing.",
                $"Move {recovery} to a safe place, away from this machine.");
    }

    /// <summary>The settings in force, or why there are none.</summary>
    public static (NodeOptions? Options, Finding Finding) Settings(Home home)
    {
        try
        {
            var settings = ServeCommand.Settings(home, []);
            var set = settings.Values.Count(v => v.Source != SettingSource.Default);
            var options = settings.Apply(ServeCommand.Options(home));
            return (options, Finding.Ok("settings", set == 0 ? "all at their defaults" : $"{set} set, all valid"));
        }
        catch (StartRefusedException refused)
        {
            return (null, Finding.Problem("settings", refused.Message, "anarchive config unset KEY, or correct it"));
        }
    }

    private static bool IsOpen(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;
}
