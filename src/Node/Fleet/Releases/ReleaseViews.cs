using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>What this device knows of an item at the moment it acts.</summary>
public sealed class ReleaseViews(
    FleetBook book, FleetDesk desk, ReleaseBook releases, FriendReleases friends, Volumes volumes, ItemStore store,
    ClientFiles torrents, TimeProvider time)
{
    /// <param name="volume">Of this device, or the room of a friend whose steward it is.</param>
    public ReleaseView Of(ItemId item, VolumeId volume)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var friend = friends.At(volume);
        var (floor, copies) = book.Read(state => (
            CopiesElsewhere.FloorOf(state, item),
            CopiesElsewhere.Of(state, item, friend?.Device ?? desk.Self, desk.Self, now)));
        // Whether a friend's volume is there, the friend finds out when it is told to act.
        return new ReleaseView(
            floor, copies, releases.Breaker.IsOpen,
            friend is not null || volumes.Look(volume) is { IsPresent: true });
    }

    /// <summary>
    /// True where a torrent of this device's client, by any name of the file, or a pin on it needs the file (D7); also
    /// where the client does not say, and where a file is not the one that was hashed any more.
    /// </summary>
    public bool Referred(ItemId item, VolumeId volume)
    {
        if (!torrents.IsKnown) return true;
        var needed = book.Read(state => References(state, item));
        // On a volume that is absent nothing can go.
        if (volumes.Look(volume) is not { IsPresent: true } sight) return false;
        return store.FilesOf(item, volume).Any(file => IsNeeded(file, sight.Volume.Root, needed));
    }

    private bool IsNeeded(StoredFile file, string root, List<(ReferenceKind Kind, string Owner)> needed)
    {
        var full = Path.Combine(root, file.Path);
        if (!ItemStore.Unchanged(file, root) || FileStat.Of(full) is not { } stat) return true;
        var references = needed.Select(n => new FileReference(n.Kind, n.Owner, (ulong)stat.Inode, full))
            .Concat(torrents.ReferencesTo(full, stat));
        return !ReferenceCounts.MayDelete([.. references], "", (ulong)stat.Inode, full);
    }

    /// <summary>Asks the client for its torrents, unless it just was.</summary>
    public Task LookAsync(CancellationToken cancellation) => torrents.LookAsync(cancellation);

    /// <summary>
    /// Copies about to be set aside, here and elsewhere: each counts for every device's breaker when it is, so that
    /// devices that do a plan at once take turns.
    /// </summary>
    public int Leaving()
    {
        var sinceMs = time.GetUtcNow().ToUnixTimeMilliseconds() - Epoch.LengthMs * PlanSight.EpochsMax;
        return releases.Leaving
            + book.Read(state => state.Releases.Count(r => r.Device != desk.Self && r.AtMs >= sinceMs));
    }

    /// <summary>Copies that the whole fleet holds.</summary>
    public int Holdings() => book.Read(state => state.CopiesHeld());

    private List<(ReferenceKind Kind, string Owner)> References(FleetState state, ItemId item)
    {
        var found = new List<(ReferenceKind Kind, string Owner)>();
        if (state.PinOf(item, desk.Self) == PinKind.Star) found.Add((ReferenceKind.Pin, "star"));
        // Where the client itself told, what the log once said of its torrents may be over.
        if (!torrents.IsTold && state.Items.TryGetValue(item, out var known))
            found.AddRange(state.Torrents
                .Where(t => t.Device == desk.Self && (t.InfoHash == known.InfoHashV1 || t.InfoHash == known.InfoHashV2))
                .Select(t => (ReferenceKind.Torrent, t.InfoHash)));
        return found;
    }
}
