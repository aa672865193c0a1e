using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The watched folders, and how far reading them has come.</summary>
/// <param name="Verified">Copies that this device has: read whole, and hashed.</param>
public sealed record FoldersSeen(IReadOnlyList<WatchedFolder> Folders, int Verified, HashProgress Hashing)
{
    public static FoldersSeen Now(IServiceProvider services) => new(
        services.GetRequiredService<FolderDesk>().All(), services.GetRequiredService<ItemStore>().PresentCount(),
        services.GetRequiredService<HashWork>().Progress());

    /// <summary>Files that were seen, read or not.</summary>
    public long Found => Verified + Hashing.Files;
}
