using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Makes the tables of a new database, and brings those of an older version to this one.</summary>
/// <remarks>
/// An upgrade first copies the database as it is and keeps the copy, then takes every step in one transaction: a
/// process that dies on the way leaves the old database, and the next start begins again.
/// </remarks>
internal static class SchemaUpgrade
{
    /// <summary>Where the database as it was before an upgrade is kept, beside it.</summary>
    public static string KeptPath(string database, int version) => Path.Combine(
        Path.GetDirectoryName(database)!, string.Create(CultureInfo.InvariantCulture, $"node.version-{version}.db"));

    /// <summary>The version the database was of; null where it was created just now.</summary>
    /// <exception cref="DataDirectoryException">
    /// <c>database_too_new</c>, <c>database_unreadable</c>, or <c>upgrade_copy_failed</c>: nothing was changed.
    /// </exception>
    public static int? Run(SqliteConnection writer, string path)
    {
        if (writer.QuerySingle<long>("SELECT count(*) FROM sqlite_master") == 0)
        {
            Create(writer);
            return null;
        }

        var version = VersionOf(writer);
        if (version > Schema.Version)
            throw new DataDirectoryException(
                "database_too_new",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The database is of version {version}, and this program knows versions up to {Schema.Version}: "
                    + $"install the newer program again."));
        if (version == Schema.Version) return version;
        Keep(path, version);
        Upgrade(writer, version);
        return version;
    }

    /// <summary>Brings a copy that no node runs on to this version; what it was copied from is the way back.</summary>
    /// <exception cref="DataDirectoryException"><c>database_unreadable</c>: no database of this program.</exception>
    public static void RunOnCopy(SqliteConnection copy)
    {
        var version = VersionOf(copy);
        if (version < Schema.Version) Upgrade(copy, version);
    }

    /// <summary>The version a database says it is of.</summary>
    /// <exception cref="DataDirectoryException"><c>database_unreadable</c>: no database of this program.</exception>
    public static int VersionOf(SqliteConnection connection)
    {
        var isOurs = connection.QuerySingle<long>("SELECT count(*) FROM sqlite_master WHERE name = 'meta'") == 1;
        var text = isOurs
            ? connection.QuerySingleOrDefault<string>(
                "SELECT value FROM meta WHERE key = @key", new { key = Schema.VersionKey })
            : null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? version
            : throw new DataDirectoryException(
                "database_unreadable",
                "The file in the database's place was not written by this program: move it away.");
    }

    private static void Keep(string path, int version)
    {
        var kept = KeptPath(path, version);
        var fresh = kept + ".new";
        try
        {
            // Left behind by a process that died while it copied.
            DatabaseCopy.Delete(fresh);
            _ = DatabaseCopy.Make(path, fresh);
            File.Move(fresh, kept, overwrite: true);
            DurableFile.SyncDirectory(Path.GetDirectoryName(kept)!);
        }
        catch (Exception failed) when (
            failed is IOException or UnauthorizedAccessException or SqliteException or BackupException)
        {
            DatabaseCopy.Delete(fresh);
            throw new DataDirectoryException(
                "upgrade_copy_failed",
                "The database must be upgraded and could not be copied first: free as much space as it takes, "
                + "run doctor, and start again.",
                failed);
        }
    }

    private static void Create(SqliteConnection writer)
    {
        using var transaction = writer.BeginTransaction();
        foreach (var ddl in Schema.Ddl) writer.Execute(ddl, transaction: transaction);
        Set(writer, transaction, Schema.VersionKey, Schema.Version.ToString(CultureInfo.InvariantCulture));
        Set(writer, transaction, Schema.UuidKey, Guid.NewGuid().ToString("N"));
        transaction.Commit();
    }

    private static void Upgrade(SqliteConnection writer, int from)
    {
        using var transaction = writer.BeginTransaction();
        foreach (var step in Schema.Steps.Skip(from - 1)) writer.Execute(step, transaction: transaction);
        Set(writer, transaction, Schema.VersionKey, Schema.Version.ToString(CultureInfo.InvariantCulture));
        transaction.Commit();
    }

    private static void Set(SqliteConnection writer, SqliteTransaction transaction, string key, string value) =>
        writer.Execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (@key, @value)", new { key, value }, transaction);
}
