using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary>The data directory of a node, and the two files through which other commands find it running.</summary>
internal sealed record Home(string Directory)
{
    /// <summary>Lets this user act as the node's owner; written by the node, mode 0600.</summary>
    public string TokenFile => Path.Combine(Directory, "api.token");

    /// <summary>The URL of the running node; written once it serves, removed when it stops.</summary>
    public string UrlFile => Path.Combine(Directory, "api.url");

    /// <summary>Which threads were imported into which hive, so that importing twice adds nothing.</summary>
    public string ImportsFile => Path.Combine(Directory, "imports.jsonl");

    /// <summary>Fingerprints of media that were made before; it may be deleted at any time.</summary>
    public string FingerprintDirectory => Path.Combine(Directory, "fingerprints");

    /// <summary>What the owner set.</summary>
    public string ConfigFile => Path.Combine(Directory, Node.ConfigFile.Name);

    public static Home Resolve(string? flag)
    {
        var place = DataDirectory.Resolve(flag, Environment.GetEnvironmentVariable)
            ?? throw CliFailure.CannotRun("no_home", "This user has no data directory: name one with --home DIR.");
        return new Home(Path.GetFullPath(place));
    }

    /// <summary>Replaces a small file at once, readable by this user only.</summary>
    public static void WritePrivate(string path, string text)
    {
        var fresh = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(fresh, options)) writer.Write(text);
        File.Move(fresh, path, overwrite: true);
    }
}
