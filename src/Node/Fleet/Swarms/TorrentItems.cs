using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Says in the fleet's log by which torrent of this device's client an item can be had, whether it is private, and
/// whose tracker it has: what the client tells, and nothing that was guessed. Of a tracker the host alone is told (P4).
/// </summary>
/// <remarks>
/// A file of a torrent is an item like any other, found by its content. It is described so where the client says that
/// it has every byte, and the file is the one that was hashed.
/// </remarks>
public sealed class TorrentItems(
    Database database, Volumes volumes, ClientFiles files, FleetBook book, FleetDesk desk, ILogger<TorrentItems> log)
{
    /// <summary>Tells what the log does not say yet; durable when it returns.</summary>
    /// <param name="samples">The client's torrents, as it told just now.</param>
    public async Task TellAsync(IReadOnlyList<TorrentSample> samples, CancellationToken cancellation)
    {
        var marks = Marks(samples.ToDictionary(s => s.InfoHash, StringComparer.Ordinal));
        if (marks.Count == 0) return;
        var rows = book.Read(state => marks.OrderBy(m => m.Key)
            // What nobody described yet is told of by the store first.
            .Select(m => state.Items.TryGetValue(m.Key, out var item)
                ? TorrentMark.Describe(item, m.Value, state.Sources)
                : null)
            .OfType<DescribedItem>().ToList());
        if (rows.Count == 0) return;
        var (_, problem) = await desk.SayAsync(new ItemsDescribed(rows), dryRun: false, cancellation);
        if (problem is not null) NodeLog.TorrentsNotTold(log, problem.Code);
    }

    /// <summary>Of each item here, the torrents that hold it.</summary>
    private Dictionary<ItemId, List<TorrentMark>> Marks(Dictionary<string, TorrentSample> samples)
    {
        var marks = new Dictionary<ItemId, List<TorrentMark>>();
        var here = new StoredIndex(database, volumes);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var torrent in files.Torrents)
        {
            if (!samples.TryGetValue(torrent.InfoHash, out var sample)) continue;
            foreach (var file in torrent.Files.Where(f => f.IsComplete))
            {
                if (ClientFiles.Resolve(file.FullPath, folders) is not { } real
                    || here.ItemAt(real, file.SizeBytes) is not { } item)
                    continue;
                if (!marks.TryGetValue(item, out var known)) marks[item] = known = [];
                known.Add(new TorrentMark(
                    torrent.InfoHashV1, torrent.InfoHashV2, sample.Privacy, sample.TrackerHost)
                {
                    TrackerHosts = sample.TrackerHosts,
                });
            }
        }

        return marks;
    }

    /// <summary>The hashed files of volumes that are there, by path and by inode.</summary>
    private sealed class StoredIndex
    {
        private readonly Dictionary<string, StoredFile> _byPath = new(StringComparer.Ordinal);
        private readonly Dictionary<(long Device, long Inode), StoredFile> _byInode = [];

        public StoredIndex(Database database, Volumes volumes)
        {
            using var db = database.OpenReader();
            foreach (var volume in volumes.All)
            {
                if (volumes.Look(volume.Id) is not { IsPresent: true } || FileStat.Of(volume.Root) is not { } root)
                    continue;
                foreach (var file in StoreRows.Files(db, volume.Id)
                    .Where(f => f is { Item: not null, IsRotten: false, Misses: 0 }))
                {
                    _byPath[Path.Combine(volume.Root, file.Path)] = file;
                    _byInode[(root.Device, file.Inode)] = file;
                }
            }
        }

        /// <summary>Null where no hashed file is there, or it was written to since.</summary>
        public ItemId? ItemAt(string real, long sizeBytes)
        {
            try
            {
                if (FileStat.Of(real) is not { IsFile: true } stat || stat.SizeBytes != sizeBytes) return null;
                var file = _byPath.GetValueOrDefault(real) ?? _byInode.GetValueOrDefault((stat.Device, stat.Inode));
                return file?.IsSameAs(stat) == true ? file.Item : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
