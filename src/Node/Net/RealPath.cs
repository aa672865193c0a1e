namespace Anarchive.Node;

/// <summary>Where a path leads once every link on it is followed.</summary>
internal static class RealPath
{
    /// <summary>As many as the kernel follows (path_resolution(7)).</summary>
    private const int LinksMax = 40;

    /// <summary>What does not exist is taken as it is written.</summary>
    public static string Of(string path)
    {
        var rest = new Stack<string>(Parts(Path.GetFullPath(path)).Reverse());
        var real = Path.GetPathRoot(Path.GetFullPath(path))!;
        for (var links = 0; rest.TryPop(out var part);)
        {
            if (part is "." or "") continue;
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            if (links < LinksMax && new FileInfo(next).LinkTarget is { } target)
            {
                links++;
                if (Path.IsPathRooted(target)) real = Path.GetPathRoot(target)!;
                foreach (var one in Parts(target).Reverse()) rest.Push(one);
                continue;
            }

            real = next;
        }

        return Path.TrimEndingDirectorySeparator(real);
    }

    private static string[] Parts(string path) =>
        path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
