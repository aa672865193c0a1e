using System.Globalization;
using Anarchive.Log;
using Anarchive.Node;
using Dapper;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a database survives, and what it refuses.</summary>
public sealed class DatabaseTests : IDisposable
{
    private const int LargeRows = 100_000;
    private const int LargeBytes = 4 * 1024 * 1024;

    private readonly TemporaryDirectory _directory = new();

    private string File => _directory.At("node.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_kill_loses_what_was_not_committed_and_nothing_else()
    {
        var (chain, genesis) = TestChain.Found(1);
        using var database = Database.Open(File);
        using var store = new SqliteEventStore(database);
        store.AddGroup(new StoredGroup(chain.Group, "hive", "members"));
        store.Append(genesis);
        store.Append(chain.VerifiedRun(400));
        store.Commit();
        var committed = chain.Head;
        store.Append(chain.VerifiedRun(400));
        // A kill leaves the files as they are now; the process's memory is gone.
        var left = TemporaryDirectory.Copy(_directory.Root, _directory.Root + "-killed");
        try
        {
            using var after = Database.Open(Path.Combine(left, "node.db"));
            using var reopened = new SqliteEventStore(after);
            Assert.Equal(committed, reopened.Chains(chain.Group).Single().Head);
            Assert.Equal("ok", after.Writer.QuerySingle<string>("PRAGMA integrity_check"));
        }
        finally
        {
            Directory.Delete(left, recursive: true);
        }
    }

    [Fact]
    public void The_pragmas_that_durability_rests_on_are_in_force()
    {
        using var database = Database.Open(File);
        (string Name, string Value)[] expected =
        [
            ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("trusted_schema", "0"),
            ("cell_size_check", "1"), ("secure_delete", "1"), ("busy_timeout", "5000"), ("mmap_size", "0"),
        ];
        Assert.Equal(
            expected,
            expected.Select(e => (e.Name, database.Writer.QuerySingle<string>($"PRAGMA {e.Name}"))));
    }

    [Fact]
    public void A_reader_cannot_write()
    {
        using var database = Database.Open(File);
        using var reader = database.OpenReader();
        Assert.Throws<SqliteException>(() => reader.Execute("DELETE FROM meta"));
    }

    [Fact]
    public void A_database_keeps_its_uuid_and_no_two_share_one()
    {
        string first;
        using (var database = Database.Open(File)) first = database.Uuid;
        using var again = Database.Open(File);
        using var other = Database.Open(_directory.At("other.db"));
        Assert.Equal(first, again.Uuid);
        Assert.NotEqual(first, other.Uuid);
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused_and_left_alone()
    {
        using (var database = Database.Open(File))
        {
            database.SetMeta("schema_version", "999");
            database.Commit();
        }

        var refused = Assert.Throws<DataDirectoryException>(() => Database.Open(File));
        Assert.Equal("database_too_new", refused.Code);
        Assert.Contains("version 999", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a database at all, but long enough to have a header of a hundred bytes if it were one, you see")]
    [InlineData("short")]
    public void A_file_that_is_no_database_is_refused(string content)
    {
        System.IO.File.WriteAllText(File, content);
        Assert.Equal("database_unreadable", Assert.Throws<DataDirectoryException>(() => Database.Open(File)).Code);
        Assert.Equal(content, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Another_programs_database_is_refused()
    {
        using (var foreign = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            foreign.Open();
            foreign.Execute("CREATE TABLE shopping (item)");
        }

        Assert.Equal("database_unreadable", Assert.Throws<DataDirectoryException>(() => Database.Open(File)).Code);
    }

    [Fact]
    public void A_database_is_readable_by_its_owner_only()
    {
        using var database = Database.Open(File);
        database.SetMeta("name", "value");
        database.Commit();
        foreach (var file in Directory.EnumerateFiles(_directory.Root))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_full_disk_fails_the_store_for_good_and_a_restart_resumes()
    {
        using var disk = SmallDisk.TryMount(_directory.At("disk"), "2m");
        if (disk is null) Assert.Skip("SKIPPED: this user may not mount a small disk; run as root to test a full one.");
        var path = Path.Combine(disk.Root, "node.db");
        var (chain, genesis) = TestChain.Found(1);
        var durable = FillUp(path, chain, genesis);
        disk.Grow("64m");
        using var database = Database.Open(path);
        using var store = new SqliteEventStore(database);
        Assert.Equal(durable, store.Chains(chain.Group).Single().Head);
        Assert.Equal("ok", database.Writer.QuerySingle<string>("PRAGMA integrity_check"));
    }

    [Fact]
    public void A_store_that_hit_its_limit_never_commits_again()
    {
        var (chain, genesis) = TestChain.Found(1);
        var durable = FillUp(File, chain, genesis, pagesMax: 200);
        using var database = Database.Open(File);
        using var store = new SqliteEventStore(database);
        Assert.Equal(durable, store.Chains(chain.Group).Single().Head);
    }

    [Fact]
    public void A_large_transaction_that_is_forgotten_leaves_nothing()
    {
        using var database = Database.Open(File);
        PutLarge(database);
        Assert.True(new FileInfo(File + "-wal").Length > LargeBytes, "It should have been written out before its end.");
        using (var reader = database.OpenReader())
            Assert.Equal(0, reader.QuerySingle<int>("SELECT count(*) FROM cursors"));
        database.Rollback();
        Assert.Equal(0, database.Writer.QuerySingle<int>("SELECT count(*) FROM cursors"));
        database.SetMeta("after", "it");
        database.Commit();
        Assert.Equal("ok", database.Writer.QuerySingle<string>("PRAGMA integrity_check"));
    }

    [Fact]
    public void A_kill_within_a_large_transaction_leaves_nothing_of_it()
    {
        using var database = Database.Open(File);
        database.SetMeta("before", "it");
        database.Commit();
        PutLarge(database);
        var left = TemporaryDirectory.Copy(_directory.Root, _directory.Root + "-killed");
        try
        {
            using var after = Database.Open(Path.Combine(left, "node.db"));
            Assert.Equal("it", after.Meta("before"));
            Assert.Equal(0, after.Writer.QuerySingle<int>("SELECT count(*) FROM cursors"));
            Assert.Equal("ok", after.Writer.QuerySingle<string>("PRAGMA integrity_check"));
        }
        finally
        {
            Directory.Delete(left, recursive: true);
        }
    }

    [Fact]
    public void A_disk_that_fills_up_within_a_large_transaction_fails_the_store_for_good()
    {
        using var disk = SmallDisk.TryMount(_directory.At("disk"), "2m");
        if (disk is null) Assert.Skip("SKIPPED: this user may not mount a small disk; run as root to test a full one.");
        var path = Path.Combine(disk.Root, "node.db");
        using (var database = Database.Open(path))
        {
            Assert.Throws<StoreFailedException>(() => PutLarge(database));
            Assert.True(database.HasFailed);
            Assert.Throws<InvalidOperationException>(database.Commit);
        }

        disk.Grow("64m");
        using var after = Database.Open(path);
        Assert.Equal(0, after.Writer.QuerySingle<int>("SELECT count(*) FROM cursors"));
    }

    /// <summary>Writes more rows than are kept in memory until a commit.</summary>
    private static void PutLarge(Database database)
    {
        using var insert = database.Prepare("INSERT INTO cursors (projection, arrival) VALUES (?1, ?2)");
        for (var row = 0; row < LargeRows; row++)
            database.Write(insert.Bind(1, row.ToString("D64", CultureInfo.InvariantCulture)).Bind(2, row));
    }

    /// <summary>Commits runs until the store fails; the head that was durable by then.</summary>
    private static Head FillUp(string path, TestChain chain, VerifiedBatch genesis, int? pagesMax = null)
    {
        using var database = Database.Open(path);
        if (pagesMax is { } pages) database.Writer.Execute($"PRAGMA max_page_count={pages}");
        using var store = new SqliteEventStore(database);
        store.AddGroup(new StoredGroup(chain.Group, "hive", "members"));
        store.Append(genesis);
        store.Commit();
        var durable = chain.Head;
        Assert.Throws<StoreFailedException>(AppendForEver);
        Assert.True(database.HasFailed);
        Assert.Throws<InvalidOperationException>(store.Commit);
        Assert.Throws<InvalidOperationException>(() => store.SetMeta("after", "failure"));
        return durable;

        void AppendForEver()
        {
            while (!database.HasFailed)
            {
                store.Append(chain.VerifiedRun(100));
                store.Commit();
                durable = chain.Head;
            }
        }
    }
}
