using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Anarchive.Node;

/// <summary>Chooses SQLite's library: the system's, which the distribution patches, else the bundled one.</summary>
public static class NativeSqlite
{
    private const string SystemLibrary = "libsqlite3.so.0";

    // WAL and the upserts used here are older; below this, cell_size_check and trusted_schema do not both exist.
    private const int OldestVersion = 3_031_000;

    // Each connection serves one thread at a time here, so SQLite need not lock it
    // (https://sqlite.org/threadsafe.html); nor does anyone ask how much memory it uses, which it would count under a
    // lock of the whole process.
    private const int ConfigMultiThread = 2;
    private const int ConfigMemoryStatus = 9;

    private static readonly Lazy<(bool IsSystem, nint Library)> Once = new(Choose);

    /// <summary>True when the system's library serves.</summary>
    public static bool IsSystemLibrary => Once.Value.IsSystem;

    /// <summary>The loaded library.</summary>
    internal static nint Library => Once.Value.Library;

    private static (bool IsSystem, nint Library) Choose()
    {
        var provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
        var handle = SystemLibraries.Load(SystemLibrary, out var system);
        if (system)
        {
            NativeLibrary.SetDllImportResolver(provider, Resolve);
        }
        else
        {
            handle = NativeLibrary.Load("e_sqlite3", provider, null);
        }

        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        if (raw.sqlite3_libversion_number() < OldestVersion)
            throw new StartRefusedException("sqlite_too_old", "Install SQLite 3.31 or newer (package libsqlite3-0).");
        _ = raw.sqlite3_config(ConfigMultiThread);
        _ = raw.sqlite3_config(ConfigMemoryStatus, 0);
        return (system, handle);

        nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == "e_sqlite3" ? handle : 0;
    }
}
