namespace Anarchive.Node;

/// <summary>Keeps the node's own data, its database and keys, out of what becomes items and copies.</summary>
internal static class OwnData
{
    /// <summary><c>bad_folder</c> for a folder that the data directory lies in, or that lies in it.</summary>
    /// <param name="folder">As <see cref="RealPath.Of"/> gives it.</param>
    public static Problem? RefusalOf(string folder, string dataDirectory)
    {
        var own = RealPath.Of(dataDirectory);
        return Volumes.IsWithin(folder, own) || Volumes.IsWithin(own, folder)
            ? new Problem(
                "bad_folder", 400, "This node keeps its own data there, which would be copied: name another folder.")
            : null;
    }
}
