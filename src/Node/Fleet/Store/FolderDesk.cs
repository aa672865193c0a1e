using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>A watched folder as its owner knows it.</summary>
/// <param name="Folder">From the volume's root; empty for all of it.</param>
/// <param name="Absence">Why the volume is not there; null where it is.</param>
public sealed record WatchedFolder(LocalVolume Volume, string Folder, string? Absence)
{
    /// <summary>Where it is on this machine.</summary>
    public string FullPath => Path.Combine(Volume.Root, Folder);
}

/// <summary>Has folders watched by their whole path, with a volume made where there is none.</summary>
public sealed class FolderDesk(
    Volumes volumes, ItemStore store, StoreTelling telling, StoreLoop loop, NodeOptions options)
{
    public IReadOnlyList<WatchedFolder> All()
    {
        var sights = volumes.Sights().ToDictionary(s => s.Volume.Id);
        return
        [
            .. from folder in store.Folders()
               where sights.ContainsKey(folder.Volume)
               let sight = sights[folder.Volume]
               select new WatchedFolder(sight.Volume, folder.Folder, sight.Absence),
        ];
    }

    /// <summary>
    /// Watches a folder of this machine, of the volume that it lies in; where it lies in none, it becomes one itself.
    /// Durable when it returns, and looked at soon after.
    /// </summary>
    /// <param name="path">The whole path.</param>
    /// <returns>
    /// <c>bad_folder</c>, or what <see cref="Volumes.AddAsync"/> refuses with; null where it was done.
    /// </returns>
    public async Task<Problem?> WatchAsync(string path, CancellationToken cancellation)
    {
        if (!Path.IsPathRooted(path) || !Directory.Exists(path))
            return new Problem("bad_folder", 400, "There is no such folder on this machine: give its whole path.");
        var real = RealPath.Of(path);
        if (OwnData.RefusalOf(real, options.DataDirectory) is { } own) return own;
        var volume = volumes.All.FirstOrDefault(v => Volumes.IsWithin(real, v.Root));
        if (volume is null)
        {
            var (made, problem) = await volumes.AddAsync(real, NameOf(real), reserveBytes: null, cancellation);
            if (problem is not null) return problem;
            volume = made!;
        }

        var from = real == volume.Root ? "" : Path.GetRelativePath(volume.Root, real);
        if (await store.WatchAsync(volume.Id, from, cancellation) is { } refused) return refused;
        // Where the log does not take it now, the next look at this device says it.
        _ = await telling.DeclareAsync(cancellation);
        loop.Wake();
        return null;
    }

    /// <summary>Has every watched folder looked at now, for what is new; what is missing waits for its turn.</summary>
    public void Look() => loop.Wake();

    /// <summary>The folder's own, which the owner knows; another where that makes none.</summary>
    private static string NameOf(string root)
    {
        var name = Path.GetFileName(root).Trim();
        return FleetText.IsName(name) ? name : "disk";
    }
}
