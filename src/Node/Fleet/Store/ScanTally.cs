using System.Data;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>Compares what a volume's folders list with what was known of them.</summary>
/// <param name="torrents">What their client still fetches is not read before it is whole.</param>
internal sealed class ScanTally(
    VolumeId volume, IReadOnlyList<StoredFile> known, TorrentPlaces torrents, DateTimeOffset now,
    TimeSpan settleFor, Missing missing)
{
    private readonly Dictionary<string, StoredFile> _known = known.ToDictionary(f => f.Path, StringComparer.Ordinal);
    private readonly Dictionary<string, FoundFile> _found = new(StringComparer.Ordinal);

    /// <summary>Why files that were not seen do not count as missing; null where they do.</summary>
    public string? Fault { get; private set; }

    public int Files => _found.Count;

    private bool OwnerLetsGo => missing == Missing.IsGone;

    public int Fresh { get; private set; }

    public int Moved { get; private set; }

    /// <summary>Files that were written to just now, and wait for another look.</summary>
    public int Settling { get; private set; }

    public void Take(string folder, FolderListing listing)
    {
        foreach (var file in listing.Files) _found[file.Path] = file;
        // Whoever empties a library in one go has most likely lost its disk.
        var fault = listing.Fault
            ?? (listing.Files.Count == 0 && !OwnerLetsGo && known.Any(f => f.Item is not null && IsIn(f.Path, folder))
                ? VolumeAbsence.FolderEmpty
                : null);
        Fault ??= fault;
    }

    /// <summary>
    /// Files that lie in no watched folder: those of torrents, and those that once were. They stay items for as long as
    /// they are there, also where the client says no more of them.
    /// </summary>
    public void TakeOthers(string root, IReadOnlyList<string> folders, IReadOnlySet<string> whole)
    {
        var before = known.Where(f => !folders.Any(folder => IsIn(f.Path, folder))).ToList();
        var paths = whole.Where(path => !folders.Any(folder => IsIn(path, folder)))
            .Union(before.Select(f => f.Path), StringComparer.Ordinal);
        if (DeviceOf(root) is not { } device) return;
        var found = 0;
        var isWithin = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var path in paths)
            try
            {
                var full = Path.Combine(root, path);
                if (FileStat.Of(full) is not { IsFile: true, SizeBytes: > 0 } stat || stat.Device != device) continue;
                var folder = Path.GetDirectoryName(full)!;
                if (!isWithin.TryGetValue(folder, out var isInside))
                    isInside = isWithin[folder] = Volumes.IsWithin(RealPath.Of(folder), root);
                if (!isInside) continue;
                _found[path] = new FoundFile(path, stat);
                found++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // One that cannot be read says nothing of those beside it.
                Fault ??= VolumeAbsence.FolderUnreadable;
            }

        // As with a watched folder that is empty all at once.
        if (found == 0 && !OwnerLetsGo && before.Any(f => f.Item is not null)) Fault ??= VolumeAbsence.FolderEmpty;
    }

    /// <summary>The file system of the volume; null where its root is not there, or cannot be read.</summary>
    private long? DeviceOf(string root)
    {
        try
        {
            return FileStat.Of(root)?.Device;
        }
        catch (IOException)
        {
            Fault ??= VolumeAbsence.FolderUnreadable;
            return null;
        }
    }

    /// <summary>What is to be written, each by itself.</summary>
    public IEnumerable<Action<IDbConnection>> Changes()
    {
        var unseen = known.Where(f => !_found.ContainsKey(f.Path)).ToList();
        var byInode = unseen.Where(f => f.Item is not null).ToLookup(f => f.Inode);
        var moved = new HashSet<string>(StringComparer.Ordinal);
        foreach (var found in _found.Values.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            if (_known.TryGetValue(found.Path, out var file) && file.IsSameAs(found.Stat))
            {
                if (file.Item is null && IsComing(found.Path))
                {
                    if (file.IsSettled) yield return db => StoreRows.Unsettle(db, file);
                    continue;
                }

                if (file.Misses > 0 || !file.IsSettled) yield return db => StoreRows.Settle(db, file);
                continue;
            }

            // The bytes of a renamed file are the same ones; who overwrote a name did not rename it.
            if (byInode[found.Stat.Inode].FirstOrDefault(f => f.IsSameAs(found.Stat) && !moved.Contains(f.Path))
                is { } from)
            {
                moved.Add(from.Path);
                Moved++;
                yield return db => StoreRows.Move(db, from, found.Path);
                continue;
            }

            Fresh++;
            yield return db => StoreRows.Put(db, New(found), 0, null);
        }

        if (Fault is not null || missing == Missing.Waits) yield break;
        foreach (var gone in unseen.Where(f => !moved.Contains(f.Path)))
            yield return db => StoreRows.Miss(db, gone, OwnerLetsGo ? ItemStore.MissesMax : gone.Misses + 1);
    }

    private StoredFile New(FoundFile found)
    {
        var writtenAgo = now - DateTimeOffset.UnixEpoch.AddTicks(found.Stat.ModifiedNs / 100);
        if (writtenAgo < settleFor && !IsComing(found.Path)) Settling++;
        return new StoredFile(
            volume, found.Path, found.Stat.Inode, found.Stat.SizeBytes, found.Stat.ModifiedNs,
            IsSettled: writtenAgo >= settleFor && !IsComing(found.Path), Misses: 0, IsRotten: false, Item: null,
            DoneBytes: 0);
    }

    /// <summary>As long as the client has told of none, any may be one that it fetches.</summary>
    private bool IsComing(string path) => !torrents.WasTold || torrents.Coming.Contains(path);

    private static bool IsIn(string path, string folder) =>
        folder.Length == 0 || path.StartsWith(folder + "/", StringComparison.Ordinal);
}
