using Anarchive.Log;
using Anarchive.Node;
using Dapper;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Data directories of earlier versions, opened by this one.</summary>
public sealed class UpgradeTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    public static TheoryData<int> Earlier => [.. Enumerable.Range(1, Schema.Version - 1)];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_earlier_version_is_kept() =>
        Assert.Empty(Enumerable.Range(1, Schema.Version - 1).Except(KeptHome.Versions));

    [Theory, MemberData(nameof(Earlier))]
    public async Task A_node_of_an_earlier_version_goes_on_with_all_it_had(int version)
    {
        var kept = KeptHome.Unpack(version, _scratch.At("kept"));
        await using var node = await LiveNode.Start(directory: kept.Directory);
        var group = node.Writer.Groups().Single().Id;
        Assert.Equal(kept.Events, node.Writer.Durable(group).Heads.Sum(h => h.Value.Seq));
        Assert.Equal(kept.State, node.Get<HiveQueries>().StateDigest(group).ToString());
        Assert.Equal(version, node.Get<Database>().UpgradedFrom);
        var chain = node.Writer.OwnChain;
        await node.Say(group);
        await node.Stop();
        await node.Restart();
        Assert.Null(node.Get<Database>().UpgradedFrom);
        Assert.Equal(kept.Events + 1, node.Writer.Durable(group).Heads.Sum(h => h.Value.Seq));
        Assert.Equal(chain, node.Writer.OwnChain);
    }

    [Theory, MemberData(nameof(Earlier))]
    public void An_upgraded_database_has_the_tables_of_a_new_one(int version)
    {
        var kept = KeptHome.Unpack(version, _scratch.At("kept"));
        using var upgraded = Database.Open(kept.Database);
        using var created = Database.Open(_scratch.At("new.db"));
        Assert.Equal(Tables(created.Writer), Tables(upgraded.Writer));
    }

    [Theory, MemberData(nameof(Earlier))]
    public void The_database_as_it_was_is_kept_for_the_way_back(int version)
    {
        var kept = KeptHome.Unpack(version, _scratch.At("kept"));
        string[] before;
        using (var old = Connection(kept.Database)) before = Tables(old);
        using (Database.Open(kept.Database))
        {
        }

        var copy = SchemaUpgrade.KeptPath(kept.Database, version);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));
        using var back = Connection(copy);
        Assert.Equal(before, Tables(back));
        Assert.Equal(version, SchemaUpgrade.VersionOf(back));
        Assert.Equal(kept.Events, back.QuerySingle<long>("SELECT sum(seq) FROM chains"));
    }

    [Theory, MemberData(nameof(Earlier))]
    public void A_backup_of_an_earlier_version_is_restored_and_upgraded(int version)
    {
        var kept = KeptHome.Unpack(version, _scratch.At("kept"));
        var (file, home) = (_scratch.At("node.backup"), _scratch.At("restored"));
        var made = BackupWriter.Write(kept.Directory, file, "correct horse"u8, TimeProvider.System, _ => { });
        Assert.Equal(version, made.SchemaVersion);
        BackupReader.Restore(file, "correct horse"u8, home, _ => { });
        using var restored = Database.Open(Path.Combine(home, "node.db"));
        Assert.Equal(version, restored.UpgradedFrom);
        Assert.Equal(kept.Events, restored.Writer.QuerySingle<long>("SELECT sum(seq) FROM chains"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_backup_of_an_earlier_version_takes_an_untouched_nodes_place_upgraded(int version)
    {
        var kept = KeptHome.Unpack(version, _scratch.At("kept"));
        var (file, home) = (_scratch.At("node.backup"), _scratch.At("home"));
        BackupWriter.Write(kept.Directory, file, "correct horse"u8, TimeProvider.System, _ => { });
        var untouched = await LiveNode.Start(directory: home);
        await untouched.Stop();
        var place = new RestorePlace(home);
        DataDirectory.CreatePrivate(place.Node);
        var contents = BackupReader.Unpack(file, "correct horse"u8, place.Node, _ => { });
        Assert.Equal((kept.Events, null), (contents.Events, contents.Name));
        RestoreSwap.Ask(place);
        await using var node = await LiveNode.Start(directory: home);
        Assert.Null(node.Get<Database>().UpgradedFrom);
        var group = node.Writer.Groups().Single().Id;
        Assert.Equal(kept.Events, node.Writer.Durable(group).Heads.Sum(h => h.Value.Seq));
        Assert.Equal(kept.State, node.Get<HiveQueries>().StateDigest(group).ToString());
        await node.Say(group);
    }

    [Theory]
    [InlineData(4, "heirs_named", "key_recovered", true)]
    [InlineData(5, "edition_countersigned", "edition_countersigned", false)]
    public void Events_of_authority_that_an_earlier_version_kept_unread_count_after_an_upgrade(
        int to, string one, string other, bool foldsAnew)
    {
        var (chain, genesis) = TestChain.Found(1);
        using var database = Database.Open(_scratch.At("node.db"));
        using var store = new SqliteEventStore(database);
        store.AddGroup(new StoredGroup(chain.Group, "hive", "members"));
        store.Append(genesis);
        foreach (var kind in new[] { one, one + "_x", other, "post_created" })
            store.Append(TestChain.Verified(chain.Group, chain.Run(1, kind: kind)));
        database.Commit();
        database.Writer.Execute(
            "DELETE FROM authority_events WHERE seq > 1; INSERT INTO meta VALUES ('projection.hive', '1')");
        database.Writer.Execute(Schema.Steps[to - 2]);
        Assert.Equal([1L, 2, 4], store.AuthorityEvents(chain.Group).Select(e => e.Header.Seq));
        Assert.Equal(foldsAnew, database.Meta("projection.hive") is null);
    }

    [Fact]
    public void An_upgrade_without_its_copy_is_refused_and_changes_nothing()
    {
        var kept = KeptHome.Unpack(1, _scratch.At("kept"));
        var copy = SchemaUpgrade.KeptPath(kept.Database, 1);
        Directory.CreateDirectory(copy);
        var refused = Assert.Throws<DataDirectoryException>(() => Database.Open(kept.Database));
        Assert.Equal("upgrade_copy_failed", refused.Code);
        using (var old = Connection(kept.Database)) Assert.Equal(1, SchemaUpgrade.VersionOf(old));
        Assert.False(File.Exists(copy + ".new"));
        Directory.Delete(copy);
        using var upgraded = Database.Open(kept.Database);
        Assert.Equal(1, upgraded.UpgradedFrom);
    }

    /// <summary>Everything SQLite knows of the tables, whatever the blanks between the words.</summary>
    private static string[] Tables(SqliteConnection connection) =>
        [.. connection.Query<string>("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
            .Select(sql => string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];

    private static SqliteConnection Connection(string path)
    {
        // Whoever connects first decides which library serves, and two of them in one process do not go together.
        _ = NativeSqlite.IsSystemLibrary;
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }
}
