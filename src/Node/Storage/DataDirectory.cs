namespace Anarchive.Node;

/// <summary>Everything a node keeps, in one private directory that one process holds at a time.</summary>
/// <remarks>The lock ends with the process, however it ends.</remarks>
public sealed class DataDirectory : IDisposable
{
    private const UnixFileMode Private =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    internal const string DiskRefused =
        "The disk refused to read or write the node's data: look at its free space and health, and start again.";

    // From errno.h; what the runtime puts into an exception's HResult.
    private const int InputOutput = 5;
    private const int Again = 11;
    private const int TooManyFiles = 24;
    internal const int NoSpace = 28;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Root = path;
        _lock = held;
    }

    /// <summary>Absolute.</summary>
    public string Root { get; }

    /// <summary>
    /// The folder that holds the node of before, where a backup took its place as this was opened; else null.
    /// </summary>
    public string? SetAside { get; private init; }

    /// <summary>
    /// True where a backup was to take this node's place as this was opened, and something was done with it before.
    /// </summary>
    public bool HasStayed { get; private init; }

    public string DatabasePath => Path.Combine(Root, "node.db");

    /// <summary>Keys stand apart from the database, so that restoring one does not restore the other.</summary>
    public string KeyDirectory => Path.Combine(Root, "keys");

    public string NodeKeyPath => NodeKeyIn(Root);

    /// <summary>The owner may move this file to a safe place.</summary>
    public string RecoveryKeyPath => RecoveryKeyIn(Root);

    /// <summary>A recovery key that waits for the node key it belongs to.</summary>
    internal string NextRecoveryKeyPath => Path.Combine(KeyDirectory, "recovery.next");

    public string WitnessPath => Path.Combine(KeyDirectory, "witness");

    /// <summary>What groups were compacted to; peers behind a cut begin with these files.</summary>
    public string EditionDirectory => Path.Combine(Root, "editions");

    /// <summary>There only while a past state is folded.</summary>
    internal string PastStatePath => Path.Combine(Root, "past-state.db");

    public string TokenPath => Path.Combine(Root, "api.token");

    /// <summary>
    /// Where the data goes: the option, else ANARCHIVE_HOME, else <c>anarchive</c> in the XDG data directory
    /// (XDG Base Directory Specification 0.8, which ignores relative values). Null when nothing names a place.
    /// </summary>
    public static string? Resolve(string? option, Func<string, string?> environment)
    {
        if (!string.IsNullOrWhiteSpace(option)) return option;
        if (environment("ANARCHIVE_HOME") is { Length: > 0 } named) return named;
        if (environment("XDG_DATA_HOME") is { Length: > 0 } data && Path.IsPathRooted(data))
            return Path.Combine(data, "anarchive");
        return environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local/share/anarchive") : null;
    }

    /// <summary>Creates the directory where missing and holds it for this process.</summary>
    /// <exception cref="DataDirectoryException">
    /// <c>data_directory_in_use</c>, <c>data_directory_open_to_others</c>, <c>data_directory_not_writable</c> or
    /// <c>disk_refused</c>.
    /// </exception>
    public static DataDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            CreatePrivate(root);
            CreatePrivate(Path.Combine(root, "keys"));
            CreatePrivate(Path.Combine(root, "editions"));
            return Settled(root, Hold(root));
        }
        catch (IOException failed) when (failed.HResult is InputOutput or NoSpace or TooManyFiles)
        {
            throw new DataDirectoryException("disk_refused", DiskRefused, failed);
        }
        catch (Exception denied) when (denied is UnauthorizedAccessException or IOException)
        {
            throw new DataDirectoryException(
                "data_directory_not_writable",
                "The data directory cannot be created or written by this user: choose another with --home.",
                denied);
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Under the lock and before anything is opened, a restore that was asked for comes to its end.</summary>
    private static DataDirectory Settled(string root, FileStream held)
    {
        try
        {
            var end = RestoreSwap.Finish(root);
            return new DataDirectory(root, held) { SetAside = end.Aside, HasStayed = end.IsDropped };
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public static string NodeKeyIn(string root) => Path.Combine(root, "keys", "node.key");

    public static string RecoveryKeyIn(string root) => Path.Combine(root, "keys", "recovery.key");

    internal static void CreatePrivate(string path)
    {
        var grown = new List<string>();
        for (var missing = path; !Directory.Exists(missing); missing = grown[^1])
            grown.Add(Path.GetDirectoryName(missing)!);
        Directory.CreateDirectory(path, Private);
        // A directory whose name is lost in a power cut takes along what was durable in it.
        foreach (var parent in grown) DurableFile.SyncDirectory(parent);
        if ((File.GetUnixFileMode(path) & Others) != 0)
            throw new DataDirectoryException(
                "data_directory_open_to_others",
                "Other users can open the data directory: run chmod 700 on it and on its keys folder.");
    }

    /// <summary>An flock by way of <see cref="FileShare.None"/>; children do not inherit it.</summary>
    private static FileStream Hold(string root)
    {
        try
        {
            return new FileStream(Path.Combine(root, "lock"), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = DurableFile.PrivateFile,
            });
        }
        catch (IOException held) when (held.HResult == Again)
        {
            throw new DataDirectoryException(
                "data_directory_in_use",
                "Another node already runs on this data directory: stop it, or choose another with --home.",
                held);
        }
    }
}
