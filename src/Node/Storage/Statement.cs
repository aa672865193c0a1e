using SQLitePCL;

namespace Anarchive.Node;

/// <summary>
/// A prepared statement on one connection's handle, for paths that run per event; elsewhere Dapper reads better.
/// </summary>
/// <remarks>
/// Used by one thread at a time. Parameters count from 1, columns from 0. Spans of columns live until the next
/// <see cref="Step"/> or <see cref="Reset"/>.
/// </remarks>
public sealed class Statement : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 handle, string sql)
    {
        _handle = handle;
        var result = raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        if (result != raw.SQLITE_OK) throw Database.Failure(handle, result);
    }

    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    /// <summary>Copies the bytes; an empty span is an empty blob, not null.</summary>
    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, index, 0)
            : raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    public Statement Bind(int index, string value)
    {
        Check(raw.sqlite3_bind_text(_statement, index, value));
        return this;
    }

    public Statement BindNull(int index)
    {
        Check(raw.sqlite3_bind_null(_statement, index));
        return this;
    }

    /// <summary>True when a row is there to read; false when the statement has run to its end.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        if (result == raw.SQLITE_DONE) return false;
        // Makes the failure's extended code final before the statement is left.
        var failure = Database.Failure(_handle, result);
        _ = raw.sqlite3_reset(_statement);
        throw failure;
    }

    /// <summary>Runs a statement that returns no rows and makes it ready for its next use.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    /// <summary>Ends the current run; parameters keep their values until bound anew.</summary>
    public void Reset() => Check(raw.sqlite3_reset(_statement));

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw Database.Failure(_handle, result);
    }
}
