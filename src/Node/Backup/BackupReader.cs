using System.Formats.Tar;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Opens backups: to see that one is whole, or to put a node back.</summary>
public static class BackupReader
{
    private const UnixFileMode Private =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int ManifestBytesMax = 64 * 1024;

    /// <summary>Reads all of it, as restoring would, into a private directory that is removed again.</summary>
    /// <exception cref="BackupException">
    /// <c>no_file</c>, <c>not_a_backup</c>, <c>wrong_passphrase</c>, <c>backup_damaged</c> or
    /// <c>backup_too_new</c>.
    /// </exception>
    public static BackupManifest Verify(string file, ReadOnlySpan<byte> passphrase, Action<long> progress)
    {
        var directory = Directory.CreateTempSubdirectory("anarchive-verify-").FullName;
        try
        {
            return Extract(file, passphrase, directory, progress);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>
    /// Puts a node into a data directory that is missing or empty. The whole directory appears at once, after all of
    /// it was checked and is durable.
    /// </summary>
    /// <exception cref="BackupException">As <see cref="Verify"/>, or <c>data_directory_not_empty</c>.</exception>
    public static BackupManifest Restore(
        string file, ReadOnlySpan<byte> passphrase, string home, Action<long> progress)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any() || File.Exists(target))
            throw new BackupException(
                "data_directory_not_empty",
                "The data directory is not empty: move it away, or choose another with --home.");
        var parent = Path.GetDirectoryName(target)
            ?? throw new BackupException("data_directory_not_empty", "The root directory cannot hold a node.");
        Directory.CreateDirectory(parent);
        var fresh = target + ".restoring";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        try
        {
            Directory.CreateDirectory(fresh, Private);
            var manifest = Extract(file, passphrase, fresh, progress);
            DatabaseCopy.Rename(Path.Combine(fresh, BackupEntries.Database));
            if (Directory.Exists(target)) Directory.Delete(target);
            Directory.Move(fresh, target);
            DurableFile.SyncDirectory(parent);
            return manifest;
        }
        finally
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        }
    }

    /// <summary>
    /// Reads all of it into a private directory that is there and empty, as a node that this program can run.
    /// </summary>
    /// <exception cref="BackupException">As <see cref="Verify"/>.</exception>
    internal static BackupContents Unpack(
        string file, ReadOnlySpan<byte> passphrase, string directory, Action<long> progress)
    {
        var manifest = Extract(file, passphrase, directory, progress);
        var database = Path.Combine(directory, BackupEntries.Database);
        DatabaseCopy.Rename(database);
        using var db = DatabaseCopy.Open(database, SqliteOpenMode.ReadWrite);
        try
        {
            SchemaUpgrade.RunOnCopy(db);
        }
        catch (DataDirectoryException foreign)
        {
            throw BackupException.Damaged(foreign);
        }

        return BackupContents.Read(db, manifest);
    }

    private static BackupManifest Extract(
        string file, ReadOnlySpan<byte> passphrase, string directory, Action<long> progress)
    {
        if (!File.Exists(file)) throw new BackupException("no_file", "There is no such file.");
        foreach (var folder in new[] { "keys", "editions" })
            Directory.CreateDirectory(Path.Combine(directory, folder), Private);
        using var from = File.OpenRead(file);
        var (header, state) = BackupHeader.Read(from, passphrase);
        using var opening = new OpeningStream(from, header, state);
        try
        {
            var manifest = ExtractEntries(opening, directory, () => progress(from.Position));
            // The archive ends before the stream does; what follows must be whole as well.
            opening.CopyTo(Stream.Null);
            foreach (var folder in new[] { "keys", "editions", "" })
                DurableFile.SyncDirectory(Path.Combine(directory, folder));
            return Checked(manifest, directory);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or JsonException)
        {
            throw BackupException.Damaged(broken);
        }
    }

    internal static BackupManifest ExtractEntries(Stream opening, string directory, Action progress)
    {
        using var tar = new TarReader(opening, leaveOpen: true);
        var manifest = ReadManifest(Next(tar));
        while (Next(tar) is { } entry)
        {
            if (entry.EntryType != TarEntryType.RegularFile || !BackupEntries.IsKnown(entry.Name))
                throw BackupException.Damaged();
            using var to = new FileStream(Path.Combine(directory, entry.Name), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = DurableFile.PrivateFile,
            });
            entry.DataStream?.CopyTo(to);
            to.Flush(flushToDisk: true);
            progress();
        }

        return manifest;
    }

    private static TarEntry? Next(TarReader tar)
    {
        try
        {
            return tar.GetNextEntry();
        }
        catch (Exception broken) when (broken is OverflowException or InvalidOperationException)
        {
            // The library's words for a size below zero and for one above its bounds; "invalid data" is all else.
            throw BackupException.Damaged(broken);
        }
    }

    private static BackupManifest ReadManifest(TarEntry? entry)
    {
        if (entry is not { Name: BackupEntries.Manifest, DataStream: { } content, Length: <= ManifestBytesMax })
            throw BackupException.Damaged();
        var manifest = JsonSerializer.Deserialize(content, BackupJson.Default.BackupManifest)
            ?? throw BackupException.Damaged();
        return manifest.Version <= BackupManifest.Current && manifest.SchemaVersion <= Schema.Version
            ? manifest
            : throw new BackupException(
                "backup_too_new", "A newer version made this backup: install that version first.");
    }

    private static BackupManifest Checked(BackupManifest manifest, string directory)
    {
        var (key, database) = (Path.Combine(directory, BackupEntries.NodeKey),
            Path.Combine(directory, BackupEntries.Database));
        if (!File.Exists(key) || !File.Exists(database)) throw BackupException.Damaged();
        var isWhole = KeyFile.TryRead(File.ReadAllBytes(key))?.NodeId.ToString() == manifest.InstanceId
            && DatabaseCopy.Check(database) == manifest.Events;
        return isWhole ? manifest : throw BackupException.Damaged();
    }
}
