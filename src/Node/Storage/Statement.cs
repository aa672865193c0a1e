using System.Text;
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
    private readonly nint _connection;
    private readonly nint _pointer;

    public Statement(sqlite3 handle, string sql)
    {
        _handle = handle;
        var result = raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        if (result != raw.SQLITE_OK) throw Database.Failure(handle, result);
        (_connection, _pointer) = (handle.DangerousGetHandle(), _statement.DangerousGetHandle());
    }

    public Statement Bind(int index, long value)
    {
        unsafe
        {
            Check(SqliteCalls.BindInt64(_pointer, index, value));
        }

        return this;
    }

    /// <summary>Copies the bytes; an empty span is an empty blob, not null.</summary>
    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        unsafe
        {
            // An empty span has no address, and a null pointer would bind null.
            byte none;
            fixed (byte* bytes = value)
                Check(SqliteCalls.BindBlob(
                    _pointer, index, bytes is null ? &none : bytes, value.Length, SqliteCalls.Transient));
        }

        return this;
    }

    public Statement Bind(int index, string value)
    {
        const int onStack = 512;
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> text = size <= onStack ? stackalloc byte[onStack] : new byte[size];
        var length = Encoding.UTF8.GetBytes(value, text);
        unsafe
        {
            fixed (byte* bytes = text)
                Check(SqliteCalls.BindText(_pointer, index, bytes, length, SqliteCalls.Transient));
        }

        return this;
    }

    public Statement BindNull(int index)
    {
        unsafe
        {
            Check(SqliteCalls.BindNull(_pointer, index));
        }

        return this;
    }

    /// <summary>True when a row is there to read; false when the statement has run to its end.</summary>
    public bool Step()
    {
        int result;
        unsafe
        {
            result = SqliteCalls.Step(_pointer);
        }

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
    public void Reset()
    {
        unsafe
        {
            Check(SqliteCalls.Reset(_pointer));
        }
    }

    /// <summary>Rows that the last finished statement of this connection wrote.</summary>
    public int Changes()
    {
        unsafe
        {
            return SqliteCalls.Changes(_connection);
        }
    }

    public long Int64(int column)
    {
        unsafe
        {
            return SqliteCalls.ColumnInt64(_pointer, column);
        }
    }

    public ReadOnlySpan<byte> Blob(int column)
    {
        unsafe
        {
            // The order matters: asking for bytes first might convert the value.
            var bytes = SqliteCalls.ColumnBlob(_pointer, column);
            return new ReadOnlySpan<byte>(bytes, SqliteCalls.ColumnBytes(_pointer, column));
        }
    }

    public string Text(int column) => Encoding.UTF8.GetString(Blob(column));

    public bool IsNull(int column)
    {
        unsafe
        {
            return SqliteCalls.ColumnType(_pointer, column) == raw.SQLITE_NULL;
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw Database.Failure(_handle, result);
    }
}
