using System.Runtime.InteropServices;

namespace Anarchive.Node;

/// <summary>
/// The few SQLite calls that run several times per event, bound directly to the library that
/// <see cref="NativeSqlite"/> chose: through the general wrapper they cost more than the work they ask for. One other
/// call is here because the wrapper lacks it.
/// </summary>
/// <remarks>
/// Calls that neither block nor run long skip the runtime's transition
/// (https://learn.microsoft.com/dotnet/api/system.runtime.interopservices.suppressgctransitionattribute).
/// </remarks>
internal static unsafe class SqliteCalls
{
    /// <summary>Tells SQLite to copy what is bound (SQLITE_TRANSIENT).</summary>
    public const nint Transient = -1;

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, int, long, int> BindInt64 =
        (delegate* unmanaged[SuppressGCTransition]<nint, int, long, int>)Export("sqlite3_bind_int64");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, int, int> BindNull =
        (delegate* unmanaged[SuppressGCTransition]<nint, int, int>)Export("sqlite3_bind_null");

    public static readonly delegate* unmanaged<nint, int, byte*, int, nint, int> BindBlob =
        (delegate* unmanaged<nint, int, byte*, int, nint, int>)Export("sqlite3_bind_blob");

    public static readonly delegate* unmanaged<nint, int, byte*, int, nint, int> BindText =
        (delegate* unmanaged<nint, int, byte*, int, nint, int>)Export("sqlite3_bind_text");

    public static readonly delegate* unmanaged<nint, int> Step =
        (delegate* unmanaged<nint, int>)Export("sqlite3_step");

    public static readonly delegate* unmanaged<nint, int> Reset =
        (delegate* unmanaged<nint, int>)Export("sqlite3_reset");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, int> Changes =
        (delegate* unmanaged[SuppressGCTransition]<nint, int>)Export("sqlite3_changes");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, int, long> ColumnInt64 =
        (delegate* unmanaged[SuppressGCTransition]<nint, int, long>)Export("sqlite3_column_int64");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, int, byte*> ColumnBlob =
        (delegate* unmanaged[SuppressGCTransition]<nint, int, byte*>)Export("sqlite3_column_blob");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, int, int> ColumnBytes =
        (delegate* unmanaged[SuppressGCTransition]<nint, int, int>)Export("sqlite3_column_bytes");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, int, int> ColumnType =
        (delegate* unmanaged[SuppressGCTransition]<nint, int, int>)Export("sqlite3_column_type");

    public static readonly delegate* unmanaged<nint, int> CacheFlush =
        (delegate* unmanaged<nint, int>)Export("sqlite3_db_cacheflush");

    private static nint Export(string name) => NativeLibrary.GetExport(NativeSqlite.Library, name);
}
