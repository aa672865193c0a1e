using System.Collections.Concurrent;
using Anarchive.Fleet;
using Dapper;

namespace Anarchive.Node;

/// <summary>A volume of this device. Its root never leaves the node.</summary>
/// <param name="Name">As people know it.</param>
public sealed record LocalVolume(VolumeId Id, string Root, string Name, long ReserveBytes);

/// <summary>How a volume was found just now.</summary>
/// <param name="Absence">Why it is not there, as a code; null where it is.</param>
/// <param name="FreeBytes">Zero where it is absent, as is the capacity.</param>
public sealed record VolumeSight(LocalVolume Volume, string? Absence, long FreeBytes, long CapacityBytes)
{
    public bool IsPresent => Absence is null;

    /// <summary>What a copy may take.</summary>
    public long RoomBytes => Math.Max(0, FreeBytes - Volume.ReserveBytes);
}

/// <summary>The volumes of this device, and where each is.</summary>
public sealed class Volumes
{
    private readonly ConcurrentDictionary<VolumeId, LocalVolume> _all = new();
    private readonly LogWriter _writer;

    public Volumes(Database database, LogWriter writer)
    {
        _writer = writer;
        using var db = database.OpenReader();
        foreach (var row in db.Query<(string Id, string Root, string Name, long Reserve)>(
            "SELECT id, root, name, reserve FROM store_volumes"))
            if (VolumeId.TryParse(row.Id, out var id)) _all[id] = new LocalVolume(id, row.Root, row.Name, row.Reserve);
    }

    public IReadOnlyList<LocalVolume> All => [.. _all.Values.OrderBy(v => v.Id)];

    /// <summary>How much room a folder's file system has.</summary>
    internal Func<string, DiskRoom> Room { get; init; } = DiskRoom.Of;

    public LocalVolume? Find(VolumeId id) => _all.GetValueOrDefault(id);

    /// <summary>What an owner calls a volume: its id, how that begins, or its name; null for none or several.</summary>
    public VolumeId? Named(string text)
    {
        if (VolumeId.TryParse(text, out var whole)) return whole;
        var meant = _all.Values.Where(v => v.Name == text
            || (text.Length >= FleetQueries.PrefixMin && v.Id.ToString().StartsWith(text, StringComparison.Ordinal)));
        return meant.Take(2).ToList() is [var one] ? one.Id : null;
    }

    /// <summary>Looks for the volume's marker and its room; null for one that is not this device's.</summary>
    public VolumeSight? Look(VolumeId id)
    {
        if (Find(id) is not { } volume) return null;
        var found = VolumeMarker.Read(volume.Root, out var cause);
        if (found is not null && found != id) cause = VolumeAbsence.MarkerOther;
        if (cause is not null) return new VolumeSight(volume, cause, 0, 0);
        try
        {
            var room = Room(volume.Root);
            return new VolumeSight(volume, null, room.FreeBytes, room.TotalBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new VolumeSight(volume, VolumeAbsence.Unreadable, 0, 0);
        }
    }

    /// <summary>Looks at each of them, in order.</summary>
    public IReadOnlyList<VolumeSight> Sights() => [.. All.Select(v => Look(v.Id)).OfType<VolumeSight>()];

    /// <summary>
    /// Makes a folder a volume of this device: its marker is made, or that of a disk that has one already is taken.
    /// Durable when it returns.
    /// </summary>
    /// <param name="reserveBytes">Never filled; null for 5 %, and at least 10 GB.</param>
    /// <returns>
    /// The volume, or <c>bad_folder</c>, <c>bad_volume</c>, <c>volume_known</c>, <c>volume_nested</c>,
    /// <c>volume_not_writable</c>.
    /// </returns>
    public async Task<(LocalVolume? Volume, Problem? Problem)> AddAsync(
        string folder, string name, long? reserveBytes, CancellationToken cancellation)
    {
        if (!Path.IsPathRooted(folder) || !Directory.Exists(folder))
            return (null, new Problem("bad_folder", 400, "A volume is a folder of this machine, by its whole path."));
        if (FleetPayloads.Write(
                new VolumeDeclared(DeviceId.Of(_writer.Self), default, name, 0, 0), out _) is null
            || reserveBytes < 0)
            return (null, new Problem(
                "bad_volume", 400, "A volume's name is a line of at most 64 characters without slashes."));
        var root = RealPath.Of(folder);
        if (root == Path.GetPathRoot(root))
            return (null, new Problem(
                "bad_folder", 400, "The root of the whole system cannot be a volume: take a folder in it."));
        if (All.FirstOrDefault(v => IsWithin(root, v.Root) || IsWithin(v.Root, root)) is { } near)
            return (null, near.Root == root
                ? new Problem("volume_known", 409, "That folder is a volume of this device already.")
                : new Problem("volume_nested", 409, "A volume cannot lie within another."));
        VolumeId id;
        try
        {
            id = VolumeMarker.Read(root, out var cause) ?? (cause == VolumeAbsence.MarkerMissing
                ? VolumeMarker.Create(root)
                : throw new IOException("The marker is there and cannot be read."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new Problem("volume_not_writable", 409, "The volume's marker cannot be read or written."));
        }

        if (Find(id) is not null)
            return (null, new Problem(
                "volume_known", 409, "That disk is a volume of this device already, by another path."));
        var volume = new LocalVolume(id, root, name, reserveBytes ?? Volume.DefaultReserve(Room(root).TotalBytes));
        await _writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT INTO store_volumes (id, root, name, reserve, told)
                VALUES (@id, @root, @name, @ReserveBytes, 0)
                """,
                new { id = id.ToString(), root, name, volume.ReserveBytes }),
            cancellation);
        _all[id] = volume;
        return (volume, null);
    }

    /// <summary>
    /// Says where a volume is now, whose own marker must be there. Durable when it returns.
    /// </summary>
    /// <returns><c>not_found</c> or <c>volume_marker_other</c>; null where it was done.</returns>
    public async Task<Problem?> MoveAsync(VolumeId id, string folder, CancellationToken cancellation)
    {
        if (Find(id) is not { } volume) return Problem.NotFound("volume");
        var root = Path.IsPathRooted(folder) ? RealPath.Of(folder) : folder;
        if (VolumeMarker.Read(root, out _) != id)
            return new Problem(VolumeAbsence.MarkerOther, 409, "That folder does not hold this volume's marker.");
        await _writer.OnWriterAsync(
            db => db.Execute("UPDATE store_volumes SET root = @root WHERE id = @id", new { id = id.ToString(), root }),
            cancellation);
        _all[id] = volume with { Root = root };
        return null;
    }

    /// <summary>Its row is gone.</summary>
    internal void Forget(VolumeId id) => _all.TryRemove(id, out _);

    internal static bool IsWithin(string path, string folder) =>
        path == folder
        || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
