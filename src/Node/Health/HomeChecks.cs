namespace Anarchive.Node;

/// <summary>The data directory: who may open it, its keys, its last backup.</summary>
public static class HomeChecks
{
    /// <summary>A copy older than this brings back a node that has forgotten too much of itself.</summary>
    private const int BackupDaysMax = 30;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static Finding Directory(string home)
    {
        if (!System.IO.Directory.Exists(home))
            return Finding.Ok("data directory", "not made yet; serve and init make it");
        return IsOpen(home)
            ? Finding.Problem("data directory", "Other users can open it.", $"chmod 700 {home}")
            : Finding.Ok("data directory", "only this user can open it");
    }

    public static IEnumerable<Finding> Keys(string home)
    {
        var (key, recovery) = (DataDirectory.NodeKeyIn(home), DataDirectory.RecoveryKeyIn(home));
        if (!File.Exists(key))
        {
            yield return File.Exists(Path.Combine(home, "node.db"))
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

    /// <summary>When the last backup was made; a node that nobody made yet needs none.</summary>
    public static Finding Backup(string home, DateTimeOffset now)
    {
        const string check = "backup";
        const string fix = "anarchive backup FILE, and keep the file elsewhere";
        if (!File.Exists(DataDirectory.NodeKeyIn(home))) return Finding.Ok(check, "nothing to back up yet");
        if (LastBackup.Of(home) is not { } made)
            return Finding.Advice(check, "None was made here: who loses this disk loses this node.", fix);
        var days = Math.Max(0, (int)(now - made).TotalDays);
        return days > BackupDaysMax
            ? Finding.Advice(check, $"The last one is {days} days old.", fix)
            : Finding.Ok(check, $"the last one was made on {made:yyyy-MM-dd}");
    }

    private static bool IsOpen(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;
}
