using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>What a person recognises a backup by.</summary>
/// <param name="Name">What the node was called; null where the backup does not say.</param>
/// <param name="Owner">What its owner is called.</param>
/// <param name="Hives">The names of up to twenty.</param>
public sealed record BackupContents(
    string InstanceId, string? Name, string? Owner, long MadeMs, long Events, long Groups, IReadOnlyList<string> Hives,
    long Peers)
{
    /// <summary>In copies of a database alone: a node has its name from settings, which are in no backup.</summary>
    internal const string NameKey = "backup.name";

    private const int HivesMax = 20;

    internal static BackupContents Read(SqliteConnection db, BackupManifest manifest) => new(
        manifest.InstanceId,
        db.QuerySingleOrDefault<string>("SELECT value FROM meta WHERE key = @NameKey", new { NameKey }),
        db.QuerySingleOrDefault<string>("SELECT name FROM agents WHERE is_owner = 1"),
        manifest.MadeMs,
        manifest.Events,
        db.QuerySingle<long>("SELECT count(*) FROM groups"),
        [.. db.Query<string>("SELECT name FROM hive_names ORDER BY name LIMIT @HivesMax", new { HivesMax })],
        db.QuerySingle<long>("SELECT count(*) FROM peers"));
}
