using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>
/// A file that is coming onto a volume: <c>.anarchive/incoming/ITEM.part</c> until all of it was checked and is on
/// disk.
/// </summary>
/// <remarks>What is there of it when it is opened is compared with its hashes first; what came stays.</remarks>
internal sealed class CopyDraft : IDisposable
{
    private const string Folder = "incoming";
    private const int BufferBytes = 1024 * 1024;

    private readonly FileStream _file;

    private CopyDraft(PieceLayer layer, FileStream file, PieceSet have) =>
        (Layer, _file, Have) = (layer, file, have);

    public PieceLayer Layer { get; }

    /// <summary>The pieces that are here and were compared with their hashes.</summary>
    public PieceSet Have { get; }

    public string Path => _file.Name;

    public long HaveBytes => Enumerable.Range(0, Layer.Count).Where(Have.Has).Sum(i => (long)Layer.LengthOf(i));

    public static string PathOf(LocalVolume volume, ItemId item) =>
        System.IO.Path.Combine(volume.Root, VolumeMarker.Folder, Folder, item + ".part");

    public static Task<CopyDraft> OpenAsync(
        LocalVolume volume, PieceLayer layer, CancellationToken cancellation) =>
        OpenAsync(PathOf(volume, layer.Item), layer, cancellation);

    /// <summary>As above, in a place of its own.</summary>
    public static async Task<CopyDraft> OpenAsync(
        string path, PieceLayer layer, CancellationToken cancellation)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var file = new FileStream(
            path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, BufferBytes, useAsync: true);
        var isOpen = false;
        try
        {
            if (file.Length > layer.SizeBytes) file.SetLength(layer.SizeBytes);
            var have = await FileBytes.VerifyAsync(file.SafeFileHandle, layer, cancellation);
            var draft = new CopyDraft(layer, file, have);
            isOpen = true;
            return draft;
        }
        finally
        {
            if (!isOpen) await file.DisposeAsync();
        }
    }

    /// <summary>Writes a piece; false, and nothing is written, where it is not that piece.</summary>
    /// <exception cref="CarrierException"><c>no_room</c>: the disk is full.</exception>
    public bool Take(int piece, ReadOnlySpan<byte> bytes)
    {
        if (!Layer.Matches(piece, bytes)) return false;
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, (long)piece * Layer.PieceLength);
        }
        catch (IOException full) when (full.HResult == DataDirectory.NoSpace)
        {
            throw CopyFailures.NoRoom(full);
        }

        Have.Add(piece);
        return true;
    }

    /// <summary>True once all of it is on disk and was read again from there.</summary>
    public async Task<bool> SettleAsync(CancellationToken cancellation)
    {
        if (!Have.IsWhole) return false;
        RandomAccess.FlushToDisk(_file.SafeFileHandle);
        return (await FileBytes.VerifyAsync(_file.SafeFileHandle, Layer, cancellation)).IsWhole;
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Why a copy did not come.</summary>
internal static class CopyFailures
{
    public static CarrierException NoRoom(Exception? cause = null) => new(
        "no_room", "The volume has too little room for this copy beside its reserve.", cause);

    public static CarrierException NoSource() => new(
        "no_source", "No device gives what is left of the item; what has come stays.");

    public static CarrierException Capped() => new(
        "daily_cap", "Today's bytes for copies are used up; the copy goes on tomorrow.");

    public static CarrierException Absent(string cause) =>
        new(cause, "The volume is not there; what has come stays on it.");
}
