using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

// How a node takes another's place. Both lie in one data directory: the untouched one where a node lies, the restored
// one in a folder below. The marker says how far the exchange came, and is itself replaced at once:
//
//   asked        both are whole, and nothing was moved; who may come in is copied into the restored database
//   aside NAME   the untouched node's files go one by one into the folder NAME
//   in NAME      the restored node's files go one by one to their places
//   (no marker)  done
//
// A file is moved by one rename. Within a step everything that is still at its old place has to be moved, and nothing
// else can be there: so a step that was cut short is done again from its beginning. No node opens a file of either
// before the last step is over, for whoever opens a data directory first holds its lock and then ends the exchange.

/// <summary>Ends an exchange that was asked for, before anything in the data directory is opened.</summary>
internal static class RestoreSwap
{
    private const string Asked = "asked";
    private const string Aside = "aside";
    private const string In = "in";

    // SQLite's result codes for what is wrong with a file's content, and not with the disk.
    private const int Error = 1;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private static readonly string[] Folders = ["keys", "editions"];

    /// <summary>The restored node takes its place at the next start; durable when it returns.</summary>
    public static void Ask(RestorePlace place) => Mark(place, Asked);

    /// <param name="before">Told before each step that a crash could part from the next; tests stop there.</param>
    /// <exception cref="DataDirectoryException">
    /// <c>restore_unclear</c> or <c>disk_refused</c>: nothing was moved now, and what was asked for waits.
    /// </exception>
    public static RestoreEnd Finish(string root, Action<string>? before = null)
    {
        var place = new RestorePlace(root);
        if (!Directory.Exists(place.Folder)) return RestoreEnd.None;
        if (!File.Exists(place.Marker))
        {
            // Nobody asked for it, or all of it is over.
            place.Clear();
            return RestoreEnd.None;
        }

        var (step, aside) = ReadMark(place);
        if (step == Asked)
        {
            if (!Prepare(root, place))
            {
                Drop(place);
                return new RestoreEnd(null, IsDropped: true);
            }

            aside = place.FreeAside();
            before?.Invoke("the first file moves");
            Mark(place, $"{step = Aside} {aside}");
        }

        if (step == Aside)
        {
            SetAside(root, Path.Combine(root, aside), before);
            before?.Invoke("nothing is left of it");
            Mark(place, $"{In} {aside}");
        }

        PutIn(place, root, before);
        before?.Invoke("it is over");
        Drop(place);
        return new RestoreEnd(aside, IsDropped: false);
    }

    /// <summary>
    /// Whether a whole node waits, and the one that is here is untouched still; who may come in stays as it is here.
    /// </summary>
    private static bool Prepare(string root, RestorePlace place)
    {
        var database = Path.Combine(root, BackupEntries.Database);
        string[] whole = [place.NodeDatabase, DataDirectory.NodeKeyIn(place.Node), database];
        if (!whole.All(File.Exists)) return false;
        try
        {
            using var here = DatabaseCopy.Open(database, SqliteOpenMode.ReadWrite);
            if (!FirstRun.IsUntouchedIn(here)) return false;
            here.Close();
            KeepAccess(place.NodeDatabase, database);
            return true;
        }
        catch (SqliteException failed) when (failed.SqliteErrorCode is Error or Corrupt or NotADatabase)
        {
            // One of the two is no node's database: what is here stays.
            return false;
        }
        catch (SqliteException failed)
        {
            // A full disk, for one. It was asked for, and can be done once there is room.
            throw new DataDirectoryException("disk_refused", DataDirectory.DiskRefused, failed);
        }
    }

    /// <summary>
    /// The owner's passphrase, browsers and tokens are this device's, and no backup has any: without them whoever
    /// restores from another machine would be shut out.
    /// </summary>
    private static void KeepAccess(string restored, string here)
    {
        using var db = DatabaseCopy.Open(restored, SqliteOpenMode.ReadWrite);
        db.Execute("ATTACH DATABASE @here AS here", new { here });
        using var transaction = db.BeginTransaction();
        foreach (var table in AccessSchema.Tables)
        {
            db.Execute($"DELETE FROM main.{table}", transaction: transaction);
            db.Execute($"INSERT INTO main.{table} SELECT * FROM here.{table}", transaction: transaction);
        }

        var key = AccessBook.PassphraseKey;
        db.Execute("DELETE FROM main.meta WHERE key = @key", new { key }, transaction);
        db.Execute(
            "INSERT INTO main.meta (key, value) SELECT key, value FROM here.meta WHERE key = @key",
            new { key }, transaction);
        transaction.Commit();
    }

    private static void SetAside(string root, string aside, Action<string>? before)
    {
        DataDirectory.CreatePrivate(aside);
        foreach (var folder in Folders)
        {
            DataDirectory.CreatePrivate(Path.Combine(aside, folder));
            foreach (var file in Directory.GetFiles(Path.Combine(root, folder)))
                Move(file, Path.Combine(aside, folder, Path.GetFileName(file)), before);
        }

        foreach (var file in Directory.GetFiles(root).Where(f => IsTheNodes(Path.GetFileName(f))))
            Move(file, Path.Combine(aside, Path.GetFileName(file)), before);
        Sync(aside);
        Sync(root);
    }

    private static void PutIn(RestorePlace place, string root, Action<string>? before)
    {
        foreach (var folder in Folders)
        {
            var from = Path.Combine(place.Node, folder);
            if (!Directory.Exists(from)) continue;
            foreach (var file in Directory.GetFiles(from))
                Move(file, Path.Combine(root, folder, Path.GetFileName(file)), before);
        }

        if (Directory.Exists(place.Node))
            foreach (var file in Directory.GetFiles(place.Node))
                Move(file, Path.Combine(root, Path.GetFileName(file)), before);
        Sync(root);
    }

    /// <summary>
    /// What belongs to one node alone; settings, the owner's token, and what keeps forms belong to the device.
    /// </summary>
    private static bool IsTheNodes(string name) =>
        name is "imports.jsonl" or LastBackup.FileName
        || name.StartsWith("node.db", StringComparison.Ordinal)
        || name.StartsWith("node.version-", StringComparison.Ordinal)
        || name.StartsWith("past-state.db", StringComparison.Ordinal);

    /// <summary>One rename: after a crash the file is at one of its places, and whole.</summary>
    private static void Move(string from, string to, Action<string>? before)
    {
        before?.Invoke(Path.GetFileName(from) + " moves");
        File.Move(from, to, overwrite: true);
    }

    private static void Sync(string directory)
    {
        foreach (var folder in Folders) DurableFile.SyncDirectory(Path.Combine(directory, folder));
        DurableFile.SyncDirectory(directory);
    }

    private static void Mark(RestorePlace place, string text) =>
        DurableFile.Replace(place.Marker, System.Text.Encoding.ASCII.GetBytes(text + "\n"));

    private static (string Step, string Aside) ReadMark(RestorePlace place) =>
        File.ReadAllText(place.Marker).Trim().Split(' ') switch
        {
            [Asked] => (Asked, ""),
            [Aside or In, { Length: > 0 }] and [var step, var aside] when aside == Path.GetFileName(aside) =>
                (step, aside),
            _ => throw new DataDirectoryException(
                "restore_unclear",
                "A backup was being put in place, and restoring/marker does not say how far that came: "
                + "put the whole data directory back as it was, or restore the backup into an empty one."),
        };

    /// <summary>The marker first: without it, what is left is only waste.</summary>
    private static void Drop(RestorePlace place)
    {
        File.Delete(place.Marker);
        DurableFile.SyncDirectory(place.Folder);
        place.Clear();
    }
}

/// <summary>What became, at a start, of a backup that was to take a node's place.</summary>
/// <param name="Aside">The folder that holds the node of before, where one was restored just now.</param>
/// <param name="IsDropped">True where it was asked for, and the node that is here stayed.</param>
internal readonly record struct RestoreEnd(string? Aside, bool IsDropped)
{
    public static RestoreEnd None => default;
}
