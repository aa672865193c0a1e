using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Anarchive.Node;

/// <summary>One SQLite file: the only connection that writes and checkpoints, and read-only ones beside it.</summary>
/// <remarks>
/// The writer belongs to one thread. Its statements between <see cref="Begin"/> and <see cref="Commit"/> form one
/// transaction, durable when <see cref="Commit"/> returns. After a failure every further write throws: the process
/// must end, and a restart replays what reached the disk. Two checkpointing connections can corrupt the WAL in
/// SQLite 3.7.0 to 3.51.2 (https://sqlite.org/wal.html, "The WAL-reset bug"), hence exactly one.
/// </remarks>
public sealed class Database : IDisposable
{
    // Bounds a commit's work: larger write-ahead logs checkpoint less often but hold readers up longer.
    private const int CheckpointPages = 16_000;

    // Far fewer changed pages than the cache holds: once it is full of them, SQLite spills hot ones as soon as cold
    // ones, each several times over.
    private const int WritesPerSpill = 80_000;

    private const string WriterPragmas = """
        PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;
        PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON; PRAGMA busy_timeout=5000; PRAGMA mmap_size=0;
        PRAGMA cache_size=-65536;
        """;

    private const string ReaderPragmas = """
        PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA busy_timeout=5000;
        PRAGMA mmap_size=0;
        """;

    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
    private const int NoCheckpointOnClose = 1006;

    private readonly string _readerString;
    private readonly ConditionalWeakTable<sqlite3, object?> _prepared = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private int _unspilled;
    private long _commits;

    private Database(SqliteConnection writer, string readerString)
    {
        Writer = writer;
        _readerString = readerString;
        _begin = new Statement(Handle, "BEGIN IMMEDIATE");
        _commit = new Statement(Handle, "COMMIT");
        _rollback = new Statement(Handle, "ROLLBACK");
        Uuid = writer.QuerySingle<string>("SELECT value FROM meta WHERE key = @key", new { key = Schema.UuidKey });
    }

    /// <summary>The one connection that writes; call <see cref="Begin"/> before writing through it.</summary>
    public SqliteConnection Writer { get; }

    /// <summary>The writer's native handle, for <see cref="Statement"/>.</summary>
    public sqlite3 Handle => Writer.Handle!;

    /// <summary>Random per created database; arrival numbers mean nothing without it.</summary>
    public string Uuid { get; }

    /// <summary>The version this database was of when it was opened, if that was an older one.</summary>
    public int? UpgradedFrom { get; private init; }

    /// <summary>True once a write has failed; nothing more is written.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>True between <see cref="Begin"/> and <see cref="Commit"/>.</summary>
    public bool IsInTransaction { get; private set; }

    /// <summary>Transactions that were committed since it was opened: nothing read changed while it stands. Any thread.
    /// </summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>The version of the SQLite library in use.</summary>
    public static string LibraryVersion => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>Opens a database, upgrades an older one, or creates it with every area's tables.</summary>
    /// <exception cref="DataDirectoryException">
    /// <c>database_too_new</c>: written by a newer version. <c>database_unreadable</c>: not a database of this program.
    /// <c>upgrade_copy_failed</c>: it stays as it was. <c>disk_refused</c>: neither read nor written.
    /// </exception>
    public static Database Open(string path)
    {
        _ = NativeSqlite.IsSystemLibrary;
        if (!File.Exists(path)) DurableFile.CreateEmpty(path);
        var writer = new SqliteConnection(ConnectionString(path, SqliteOpenMode.ReadWrite, pooling: false));
        try
        {
            writer.Open();
            _ = raw.sqlite3_extended_result_codes(writer.Handle, 1);
            writer.Execute(WriterPragmas);
            writer.Execute(string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint={CheckpointPages}"));
            var version = SchemaUpgrade.Run(writer, path);
            return new Database(writer, ConnectionString(path, SqliteOpenMode.ReadOnly, pooling: true))
            {
                UpgradedFrom = version < Schema.Version ? version : null,
            };
        }
        catch (SqliteException broken)
        {
            writer.Dispose();
            throw broken.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB
                ? new DataDirectoryException(
                    "database_unreadable",
                    "The database cannot be read: put a backup in its place, or move it away to start anew.",
                    broken)
                : new DataDirectoryException("disk_refused", DataDirectory.DiskRefused, broken);
        }
        catch (DataDirectoryException)
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>An open read-only connection from the pool; sees committed data only. The caller disposes it.</summary>
    public SqliteConnection OpenReader()
    {
        var reader = new SqliteConnection(_readerString);
        reader.Open();
        // One from the pool has them still.
        if (_prepared.TryAdd(reader.Handle!, null)) reader.Execute(ReaderPragmas);
        return reader;
    }

    /// <summary>A statement on the writer; write statements need <see cref="Begin"/> first.</summary>
    public Statement Prepare(string sql) => new(Handle, sql);

    /// <summary>Starts the writer's transaction unless it runs already.</summary>
    public void Begin()
    {
        if (HasFailed) throw new InvalidOperationException("The store has failed; the process must end.");
        if (IsInTransaction) return;
        Guarded(_begin);
        (IsInTransaction, _unspilled) = (true, 0);
    }

    /// <summary>Durable when it returns; does nothing without a transaction.</summary>
    /// <exception cref="StoreFailedException">The disk refused. The process must end.</exception>
    public void Commit()
    {
        if (HasFailed) throw new InvalidOperationException("The store has failed; the process must end.");
        if (!IsInTransaction) return;
        // After some I/O errors SQLite rolls back by itself; a commit would then "succeed" without the data.
        if (raw.sqlite3_get_autocommit(Handle) != 0)
        {
            Fail();
            throw new StoreFailedException("The transaction was rolled back by an earlier failure.", 0);
        }

        Guarded(_commit);
        IsInTransaction = false;
        Interlocked.Increment(ref _commits);
    }

    /// <summary>Forgets the writer's transaction, if there is one.</summary>
    public void Rollback()
    {
        if (HasFailed) throw new InvalidOperationException("The store has failed; the process must end.");
        if (!IsInTransaction) return;
        Guarded(_rollback);
        IsInTransaction = false;
    }

    /// <summary>A small named value; null where it was never set.</summary>
    public string? Meta(string key)
    {
        using var row = Prepare("SELECT value FROM meta WHERE key = ?1");
        return row.Bind(1, key).Step() ? row.Text(0) : null;
    }

    /// <summary>Sets a small named value within the writer's transaction.</summary>
    public void SetMeta(string key, string value)
    {
        using var upsert = Prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)");
        Write(upsert.Bind(1, key).Bind(2, value));
    }

    /// <summary>Runs a writing statement; a failure is final.</summary>
    internal void Write(Statement statement)
    {
        Begin();
        Guarded(statement);
        if (++_unspilled == WritesPerSpill) Spill();
    }

    internal static StoreFailedException Failure(sqlite3 handle, int result)
    {
        var code = raw.sqlite3_extended_errcode(handle);
        if (code == raw.SQLITE_OK) code = result;
        return new StoreFailedException($"SQLite: {raw.sqlite3_errstr(code).utf8_to_string()} ({code}).", code);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        using (var pool = new SqliteConnection(_readerString)) SqliteConnection.ClearPool(pool);
        Writer.Dispose();
    }

    /// <summary>Writes changed pages to the write-ahead log, where they count once they are committed.</summary>
    private void Spill()
    {
        _unspilled = 0;
        int result;
        unsafe
        {
            result = SqliteCalls.CacheFlush(Handle.DangerousGetHandle());
        }

        // Pages that a running statement holds stay for the next time.
        if (result is raw.SQLITE_OK or raw.SQLITE_BUSY) return;
        Fail();
        throw Failure(Handle, result);
    }

    private void Guarded(Statement statement)
    {
        try
        {
            statement.Run();
        }
        catch (StoreFailedException)
        {
            Fail();
            throw;
        }
    }

    private void Fail()
    {
        HasFailed = true;
        // Closing must not checkpoint either: after a failed fsync, a later one may report success for lost pages.
        _ = raw.sqlite3_db_config(Handle, NoCheckpointOnClose, 1, out _);
    }

    private static string ConnectionString(string path, SqliteOpenMode mode, bool pooling) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = pooling }.ToString();
}
