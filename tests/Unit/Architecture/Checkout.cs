using System.Runtime.CompilerServices;

namespace Anarchive.Tests.Unit;

/// <summary>The checkout these tests were built from, read as text.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>Files below a folder, as paths relative to the root, without build output.</summary>
    public static IEnumerable<string> Files(string folder, params string[] extensions)
    {
        var top = PathOf(folder);
        if (!Directory.Exists(top)) return [];
        return Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/bin/") && !path.Contains("/obj/"))
            .Where(path => extensions.Length == 0 || extensions.Any(path.EndsWith))
            .Order(StringComparer.Ordinal);
    }

    public static IEnumerable<string> Code() =>
        Files("src", ".cs", ".razor").Concat(Files("tests", ".cs")).Concat(Files("benchmarks", ".cs"));

    public static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Root, "*.md").Select(path => Path.GetFileName(path))
            .Concat(Files("docs", ".md")).Concat(Files("benchmarks", ".md"));

    private static string Find([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Anarchive.slnx"))) return folder;
        throw new InvalidOperationException("These tests read the checkout they were built from; it is gone.");
    }
}
