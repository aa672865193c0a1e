using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>
/// Writes a data directory into one sealed file: keys, database and editions, as a tar archive (POSIX.1-2001 pax).
/// </summary>
/// <remarks>
/// The node may run meanwhile. The witness is left out, so a node restored from the file opens a new incarnation
/// before its first write, and no chain forks.
/// </remarks>
public static class BackupWriter
{
    /// <summary>Durable when it returns; a file that is there already is never replaced.</summary>
    /// <exception cref="BackupException">
    /// <c>nothing_to_back_up</c>, <c>file_exists</c> or <c>database_damaged</c>; no file is left behind.
    /// </exception>
    /// <param name="name">What people call the node, for whoever looks into the file; null leaves it out.</param>
    public static BackupManifest Write(
        string home, string file, ReadOnlySpan<byte> passphrase, TimeProvider time, Action<long> progress,
        string? name = null)
    {
        var (database, key) = (Path.Combine(home, "node.db"), Path.Combine(home, "keys", "node.key"));
        if (!File.Exists(database) || !File.Exists(key))
            throw new BackupException("nothing_to_back_up", "There is no node in this data directory yet.");
        if (File.Exists(file))
            throw new BackupException("file_exists", "That file is there already: choose another name.");
        var fresh = file + ".new";
        var copy = Path.Combine(home, $"backup-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.db");
        try
        {
            var events = Copy(database, copy, name);
            var keyBytes = File.ReadAllBytes(key);
            var node = KeyFile.TryRead(keyBytes)?.NodeId ?? throw new BackupException(
                "key_file_damaged", "The node's key file is damaged, so no backup was made.");
            var manifest = new BackupManifest(
                BackupManifest.Current, node.ToString(), DatabaseCopy.VersionOf(copy),
                time.GetUtcNow().ToUnixTimeMilliseconds(), events);
            using (var stream = new FileStream(fresh, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = DurableFile.PrivateFile,
            }))
            {
                Seal(stream, passphrase, manifest, home, copy, progress);
                stream.Flush(flushToDisk: true);
            }

            File.Move(fresh, file, overwrite: false);
            DurableFile.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            LastBackup.Note(home, manifest.MadeMs);
            return manifest;
        }
        finally
        {
            DatabaseCopy.Delete(copy);
            File.Delete(fresh);
        }
    }

    private static long Copy(string database, string copy, string? name)
    {
        try
        {
            return DatabaseCopy.Make(database, copy, name);
        }
        catch (SqliteException broken)
        {
            throw new BackupException("database_unreadable", "The database cannot be read: run doctor.", broken);
        }
    }

    private static void Seal(
        FileStream to, ReadOnlySpan<byte> passphrase, BackupManifest manifest, string home, string copy,
        Action<long> progress)
    {
        var (header, state) = BackupHeader.Create(passphrase, new SystemRandom());
        to.Write(header.Written);
        using var sealing = new SealingStream(to, header, state);
        using (var tar = new TarWriter(sealing, TarEntryFormat.Pax, leaveOpen: true))
        {
            Add(BackupEntries.Manifest, new MemoryStream(
                JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest)));
            foreach (var name in BackupEntries.Files)
                if (File.Exists(Path.Combine(home, name))) Add(name, File.OpenRead(Path.Combine(home, name)));
            foreach (var edition in Directory.EnumerateFiles(Path.Combine(home, "editions"), "*.jsonl").Order())
                Add("editions/" + Path.GetFileName(edition), File.OpenRead(edition));
            Add(BackupEntries.Database, File.OpenRead(copy));

            void Add(string name, Stream content)
            {
                using (content)
                {
                    // Names and bytes alone: no owner, mode or time of this machine.
                    tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
                    {
                        DataStream = content,
                        ModificationTime = DateTimeOffset.UnixEpoch,
                    });
                }

                progress(to.Position);
            }
        }

        sealing.Finish();
        progress(to.Position);
    }
}
