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

    private static readonly Lazy<bool> Once = new(Choose);

    /// <summary>True when the system's library serves.</summary>
    public static bool IsSystemLibrary => Once.Value;

    private static bool Choose()
    {
        var system = NativeLibrary.TryLoad(SystemLibrary, out var handle);
        if (system)
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        }

        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        if (raw.sqlite3_libversion_number() < OldestVersion)
            throw new StartRefusedException("sqlite_too_old", "Install SQLite 3.31 or newer (package libsqlite3-0).");
        return system;

        nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == "e_sqlite3" ? handle : 0;
    }
}
