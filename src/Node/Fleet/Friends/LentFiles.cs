using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>
/// Where lent copies lie: <c>.anarchive/lent/FRIEND/ITEM</c> on the volume, apart from this fleet's own items, without
/// any name of a file; beside it <c>.part</c> for what is coming and <c>.aside</c> for what is set aside.
/// </summary>
/// <remarks>Each act can be done again after a crash between the rename and its note.</remarks>
public sealed class LentFiles(Volumes volumes)
{
    private const string Folder = "lent";

    /// <summary>The file of a copy that is whole as far as its size tells; null where it is not there.</summary>
    public string? Find(LentCopy copy) =>
        copy.State == LentState.Kept && PathOf(copy) is { } path && IsThere(path, copy.SizeBytes) ? path : null;

    /// <summary>True where its place is there, and the copy that should lie there is not.</summary>
    public bool IsMissing(LentCopy copy) => copy.State == LentState.Kept && IsPresent(copy) && Find(copy) is null;

    /// <summary>Why its volume is not there now, as a code; null where it is.</summary>
    public string? Absence(LentCopy copy) =>
        volumes.Look(copy.Volume) is { } sight ? sight.Absence : VolumeAbsence.RootMissing;

    /// <summary>False where the owner took the volume out of this device's hands.</summary>
    public bool IsKnown(LentCopy copy) => volumes.Find(copy.Volume) is not null;

    /// <summary>True where the copy's volume is there now.</summary>
    public bool IsPresent(LentCopy copy) => volumes.Look(copy.Volume) is { IsPresent: true };

    /// <summary>Where the copy's bytes go as they come; what lay there whole before is taken up again.</summary>
    /// <exception cref="CarrierException">The volume is not there.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal string Draft(LentCopy copy)
    {
        var sight = volumes.Look(copy.Volume);
        if (sight is not { IsPresent: true }) throw CopyFailures.Absent(sight?.Absence ?? VolumeAbsence.RootMissing);
        var path = PathOf(copy)!;
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var draft = path + ".part";
        foreach (var whole in new[] { path, path + ".aside" })
            if (FileStat.Of(whole) is not null && FileStat.Of(draft) is null) Move(whole, draft);
        return draft;
    }

    /// <summary>Gives what came its place; durable when it returns. What lay aside is not needed any more.</summary>
    internal void Settle(LentCopy copy)
    {
        var path = PathOf(copy) ?? throw CopyFailures.Absent(VolumeAbsence.RootMissing);
        Move(path + ".part", path);
        File.Delete(path + ".aside");
    }

    /// <summary>Sets the copy aside by a rename; false where the volume is not there now.</summary>
    internal bool SetAside(LentCopy copy)
    {
        if (PathOf(copy) is not { } path) return false;
        // The whole file before what came of it, and before what an earlier time left.
        if (FileStat.Of(path) is not null) Move(path, path + ".aside", overwrite: true);
        else if (FileStat.Of(path + ".part") is not null && FileStat.Of(path + ".aside") is null)
            Move(path + ".part", path + ".aside");
        return true;
    }

    /// <summary>Puts it back; false where the volume is not there or nothing of it is.</summary>
    internal bool Restore(LentCopy copy)
    {
        if (PathOf(copy) is not { } path) return false;
        if (FileStat.Of(path + ".aside") is not null && FileStat.Of(path) is null) Move(path + ".aside", path);
        return FileStat.Of(path) is not null;
    }

    /// <summary>
    /// Deletes a copy that the book says is set aside, wherever a crash left it; false where the volume is not there
    /// now.
    /// </summary>
    internal bool Purge(LentCopy copy)
    {
        if (PathOf(copy) is not { } path) return false;
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) return true;
        foreach (var file in new[] { path, path + ".aside", path + ".part" }) File.Delete(file);
        DurableFile.SyncDirectory(folder);
        return true;
    }

    private string? PathOf(LentCopy copy) => volumes.Look(copy.Volume) is { IsPresent: true } sight
        ? Path.Combine(
            sight.Volume.Root, VolumeMarker.Folder, Folder, copy.Friend.Value.ToString(), copy.Item.ToString())
        : null;

    private static bool IsThere(string path, long sizeBytes) =>
        FileStat.Of(path) is { IsFile: true } stat && stat.SizeBytes == sizeBytes;

    private static void Move(string from, string to, bool overwrite = false)
    {
        File.Move(from, to, overwrite);
        DurableFile.SyncDirectory(Path.GetDirectoryName(to)!);
    }
}
