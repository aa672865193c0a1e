using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A database as of one moment, in one file, made beside a node that goes on writing.</summary>
internal static class DatabaseCopy
{
    /// <summary>SQLite's online backup (https://sqlite.org/backup.html); never a copy of the live file.</summary>
    /// <returns>The number of events in the copy.</returns>
    /// <param name="name">What people call the node; null leaves it out.</param>
    public static long Make(string database, string copy, string? name = null)
    {
        DurableFile.CreateEmpty(copy);
        using var from = Open(database, SqliteOpenMode.ReadOnly);
        using var to = Open(copy, SqliteOpenMode.ReadWrite);
        from.Execute("PRAGMA query_only=ON; PRAGMA busy_timeout=5000");
        from.BackupDatabase(to);
        Forget(to);
        to.Execute("DELETE FROM meta WHERE key = @NameKey", new { BackupContents.NameKey });
        if (name is not null)
            to.Execute("INSERT INTO meta (key, value) VALUES (@NameKey, @name)", new { BackupContents.NameKey, name });
        to.Execute("PRAGMA journal_mode=DELETE");
        return Check(to) ?? throw new BackupException(
            "database_damaged", "The database does not hold together, so no backup of it was made: run doctor.");
    }

    /// <summary>The number of events in a copy, or null where it does not hold together.</summary>
    public static long? Check(string copy)
    {
        try
        {
            using var opened = Open(copy, SqliteOpenMode.ReadWrite);
            return Check(opened);
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    /// <summary>Removes a copy and whatever SQLite left beside it, where they are there.</summary>
    public static void Delete(string copy)
    {
        foreach (var suffix in new[] { "", "-journal", "-wal", "-shm" }) File.Delete(copy + suffix);
    }

    /// <summary>The version of a copy's tables.</summary>
    public static int VersionOf(string copy)
    {
        using var opened = Open(copy, SqliteOpenMode.ReadWrite);
        return SchemaUpgrade.VersionOf(opened);
    }

    /// <summary>Arrival numbers begin anew with a copy: what others remember of the original's means nothing.</summary>
    public static void Rename(string copy)
    {
        using var opened = Open(copy, SqliteOpenMode.ReadWrite);
        opened.Execute(
            "UPDATE meta SET value = @uuid WHERE key = @key",
            new { uuid = Guid.NewGuid().ToString("N"), key = Schema.UuidKey });
    }

    /// <summary>
    /// What has its time does not outlive it in a copy: a week restored later would be counted, or reported, twice, and
    /// a browser or program that was shut out meanwhile would be let in again.
    /// </summary>
    private static void Forget(SqliteConnection copy)
    {
        copy.Execute("PRAGMA secure_delete=ON");
        string[] tables = ["signal_reports", "signal_waiting", .. AccessSchema.Tables];
        foreach (var table in copy.Query<string>(
            "SELECT name FROM sqlite_master WHERE name IN @tables", new { tables }).ToList())
            copy.Execute($"DELETE FROM {table}");
        // What was being listened to is under way on the device that was copied alone.
        string[] keys = [AccessBook.PassphraseKey, DetectionNotes.Key];
        copy.Execute("DELETE FROM meta WHERE key IN @keys", new { keys });
    }

    private static long? Check(SqliteConnection copy) =>
        copy.QuerySingle<string>("PRAGMA integrity_check(1)") == "ok"
            ? copy.QuerySingle<long>("SELECT count(*) FROM events")
            : null;

    internal static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        _ = NativeSqlite.IsSystemLibrary;
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
