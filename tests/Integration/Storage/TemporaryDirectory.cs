namespace Anarchive.Tests.Integration;

/// <summary>A directory of a test's own, gone when the test ends.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("anarchive-test-").FullName;

    public string At(string name) => Path.Combine(Root, name);

    /// <summary>Copies a directory with everything in it but a held lock; returns the copy's path.</summary>
    public static string Copy(string from, string to)
    {
        Directory.CreateDirectory(to, File.GetUnixFileMode(from));
        foreach (var file in Directory.EnumerateFiles(from))
            if (Path.GetFileName(file) != "lock") File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        return to;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
