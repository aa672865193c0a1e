using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Brings a node back from a backup, in the place of one with which nothing was done yet.</summary>
/// <remarks>
/// The node goes on until its owner has seen what is in the backup and asked for it; then it has to stop and start, and
/// the start puts the other in its place. What was not asked for is gone with the next start. Safe from any thread.
/// </remarks>
public sealed class RestoreDesk(DataDirectory directory, FirstRun first) : IDisposable
{
    // For what both nodes write until the exchange is over.
    private const long ReserveBytes = 64 * 1024 * 1024;

    private readonly RestorePlace _place = new(directory.Root);
    private readonly SemaphoreSlim _one = new(1);
    private volatile BackupContents? _contents;
    private volatile bool _isAsked;

    public static Problem Touched { get; } = new(
        "node_in_use", 409,
        "This node is in use already, and a running node is never overwritten: restore the backup into another data "
        + "directory with anarchive restore.");

    public static Problem Busy { get; } =
        new("restore_under_way", 409, "A backup is being taken in or put in place already. Wait until that is over.");

    public static Problem Nothing { get; } =
        new("nothing_to_restore", 409, "No backup waits here that could be restored: send its file first.");

    public static Problem NoRoom { get; } = new(
        "restore_no_room", 507, "The disk has too little room: a backup takes twice its size here. Make room first.");

    private static Problem DiskRefused { get; } =
        new("disk_refused", 507, "The disk refused to write the backup: look at its free space and health.");

    /// <summary>Bytes that are free where the data is.</summary>
    internal Func<string, long> Free { get; init; } = DiskSpace.FreeBytes;

    /// <summary>Why no backup can take this node's place; null where one can.</summary>
    public Problem? Refused => _isAsked || first.IsUntouched ? null : Touched;

    public RestoreStage Stage =>
        _isAsked ? RestoreStage.Asked
        : _contents is not null ? RestoreStage.Open
        : File.Exists(_place.Upload) ? RestoreStage.Sealed
        : RestoreStage.None;

    /// <summary>What is in the backup, once it was opened.</summary>
    public BackupContents? Contents => _contents;

    /// <summary>How the folder will be called that keeps the node which is here now.</summary>
    public string Aside => _place.FreeAside();

    /// <summary>Takes a backup's file in, in the place of one that came before; it is not looked into yet.</summary>
    /// <param name="bytes">How long it says it is; null where it does not.</param>
    /// <remarks>Codes: node_in_use, restore_under_way, restore_no_room, disk_refused.</remarks>
    public Task<Problem?> TakeAsync(Stream from, long? bytes, CancellationToken cancellation) =>
        AloneAsync(() => KeepAsync(from, bytes, cancellation));

    /// <summary>Reads all of it as restoring does, and keeps what was in it beside this node.</summary>
    /// <remarks>
    /// Codes: node_in_use, restore_under_way, nothing_to_restore, wrong_passphrase, after which another can be tried,
    /// not_a_backup, backup_damaged, backup_too_new, not_enough_memory, disk_refused.
    /// </remarks>
    public Task<Problem?> OpenAsync(string passphrase, CancellationToken cancellation) =>
        AloneAsync(() => UnpackAsync(passphrase, cancellation));

    /// <summary>What was taken in is gone; this node goes on.</summary>
    /// <remarks>
    /// Also where something was done with it meanwhile: a second node's keys must not lie there. Code:
    /// restore_under_way.
    /// </remarks>
    public Task<Problem?> DropAsync() => AloneAsync(
        () =>
        {
            Forget();
            return Task.FromResult<Problem?>(null);
        },
        isForUntouched: false);

    /// <summary>
    /// The next start puts it in place, whatever becomes of this process; durable when it returns. Whoever asked has to
    /// stop the node.
    /// </summary>
    /// <remarks>Codes: node_in_use, restore_under_way, nothing_to_restore, disk_refused.</remarks>
    public Task<Problem?> AskAsync() => AloneAsync(() => Task.FromResult(Ask()));

    public void Dispose() => _one.Dispose();

    private Problem? Ask()
    {
        if (Stage is not RestoreStage.Open) return Nothing;
        try
        {
            RestoreSwap.Ask(_place);
        }
        catch (IOException)
        {
            // It may be there and not be durable: whoever was refused must not be restored all the same.
            File.Delete(_place.Marker);
            return DiskRefused;
        }

        _isAsked = true;
        return null;
    }

    private async Task<Problem?> KeepAsync(Stream from, long? bytes, CancellationToken cancellation)
    {
        // One that came before makes way for it.
        var most = (Free(directory.Root) + _place.Bytes - ReserveBytes) / 2;
        if (bytes > most) return NoRoom;
        Forget();
        try
        {
            var problem = await WriteAsync(from, most, cancellation);
            if (problem is not null) return problem;
            File.Move(_place.UploadPart, _place.Upload, overwrite: true);
            return null;
        }
        finally
        {
            File.Delete(_place.UploadPart);
        }
    }

    private async Task<Problem?> UnpackAsync(string passphrase, CancellationToken cancellation)
    {
        if (Stage is not RestoreStage.Sealed) return Nothing;
        if (Encoding.UTF8.GetByteCount(passphrase) > Passphrases.BytesMax) return Passphrases.Long;
        var bytes = Encoding.UTF8.GetBytes(passphrase);
        var isDone = false;
        try
        {
            if (Directory.Exists(_place.Node)) Directory.Delete(_place.Node, recursive: true);
            DataDirectory.CreatePrivate(_place.Node);
            _contents = await Task.Run(
                () => BackupReader.Unpack(
                    _place.Upload, bytes, _place.Node, _ => cancellation.ThrowIfCancellationRequested()),
                cancellation);
            isDone = true;
            File.Delete(_place.Upload);
            return null;
        }
        catch (BackupException failed)
        {
            // With another passphrase, or once there is memory, the same file may open.
            var isLack = failed.Code == "not_enough_memory";
            if (failed.Code != "wrong_passphrase" && !isLack) Forget();
            return new Problem(failed.Code, isLack ? 503 : 400, failed.Says);
        }
        catch (Exception failed) when (failed is IOException or SqliteException)
        {
            return DiskRefused;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            if (!isDone && Directory.Exists(_place.Node)) Directory.Delete(_place.Node, recursive: true);
        }
    }

    private async Task<Problem?> AloneAsync(Func<Task<Problem?>> act, bool isForUntouched = true)
    {
        if (!await _one.WaitAsync(0, CancellationToken.None)) return Busy;
        try
        {
            return _isAsked ? Busy : (isForUntouched ? Refused : null) ?? await act();
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<Problem?> WriteAsync(Stream from, long most, CancellationToken cancellation)
    {
        DataDirectory.CreatePrivate(_place.Folder);
        await using var to = new FileStream(_place.UploadPart, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = DurableFile.PrivateFile,
            BufferSize = 0,
        });
        var buffer = new byte[128 * 1024];
        long total = 0;
        while (await from.ReadAsync(buffer, cancellation) is var got and > 0)
        {
            if ((total += got) > most) return NoRoom;
            try
            {
                await to.WriteAsync(buffer.AsMemory(0, got), cancellation);
            }
            catch (IOException)
            {
                return DiskRefused;
            }
        }

        return null;
    }

    private void Forget()
    {
        _contents = null;
        _place.Clear();
    }
}

/// <summary>How far a backup came that is to take this node's place.</summary>
public enum RestoreStage
{
    None,

    /// <summary>Its file is here, and nobody has given its passphrase.</summary>
    Sealed,

    /// <summary>It is whole, and what is in it is known.</summary>
    Open,

    /// <summary>The node stops and comes back as the other.</summary>
    Asked,
}
